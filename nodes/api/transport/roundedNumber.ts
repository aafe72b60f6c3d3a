import { isObjectOrList } from '../json';

/**
 * The name of a field that holds an integer beyond 2^53; undefined where there is none. n8n's JSON.parse has
 * rounded it, so that two IDs (int64, DOC "Patch document") may have become one.
 *
 * Walks without recursion, since a response may nest deeper than the stack.
 */
export function findRoundedNumber(body: unknown): string | undefined {
	const open: Array<[name: string, value: Record<string, unknown>]> = [['', { '': body }]];
	for (let next = open.pop(); next; next = open.pop()) {
		const [name, value] = next;
		const isList = Array.isArray(value);
		for (const key of Object.keys(value)) {
			const entry = value[key];
			if (typeof entry === 'number') {
				if (Number.isInteger(entry) && !Number.isSafeInteger(entry)) return isList ? name : key;
			} else if (isObjectOrList(entry)) {
				open.push([isList ? name : key, entry as Record<string, unknown>]);
			}
		}
	}
	return undefined;
}
