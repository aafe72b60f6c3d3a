import { isObjectOrList, isUnsafeNumber } from '../common/json';

/**
 * The name of a field that holds a number beyond 2^53; undefined where there is none. n8n's JSON.parse has
 * rounded it, so that two IDs (int64, DOC "Patch document") may have become one.
 *
 * Walks without recursion, since a response may nest deeper than the stack.
 */
export function findRoundedNumber(body: unknown): string | undefined {
	const stack: Array<[name: string, value: object]> = [['', { '': body }]];
	for (let next = stack.pop(); next; next = stack.pop()) {
		const [name, value] = next;
		for (const key of Object.keys(value)) {
			const entry = (value as Record<string, unknown>)[key];
			const field = Array.isArray(value) ? name : key;
			if (isUnsafeNumber(entry)) return field;
			if (isObjectOrList(entry)) stack.push([field, entry]);
		}
	}
	return undefined;
}
