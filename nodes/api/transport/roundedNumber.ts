import { formatValue } from '../common/formatValue';
import { isObjectOrList, isUnsafeNumber } from '../common/json';

/**
 * The name of a field that holds a number beyond 2^53; undefined where there is none. n8n's JSON.parse has
 * rounded it, so that two IDs (int64, DOC "Patch document") may have become one.
 *
 * Walks without recursion, since a response may nest deeper than the stack. It meets every value of every page, so
 * it makes no list of keys or entries: that took twice as long.
 */
export function findRoundedNumber(body: unknown): string | undefined {
	const stack: Array<[name: string, value: object]> = [['', [body]]];
	for (let next = stack.pop(); next; next = stack.pop()) {
		const [name, value] = next;
		if (Array.isArray(value)) {
			for (const entry of value as unknown[]) {
				if (isUnsafeNumber(entry)) return name;
				if (isObjectOrList(entry)) stack.push([name, entry]);
			}
			continue;
		}
		for (const key in value) {
			const entry = (value as Record<string, unknown>)[key];
			if (isUnsafeNumber(entry)) return key;
			if (isObjectOrList(entry)) stack.push([key, entry]);
		}
	}
	return undefined;
}

/** Says of a response that it holds a rounded number; undefined where it holds none. */
export function describeRounding(body: unknown): string | undefined {
	const field = findRoundedNumber(body);
	return field === undefined
		? undefined
		: `${field ? `"${formatValue(field)}"` : 'The list'} holds an integer beyond ${Number.MAX_SAFE_INTEGER}, whose last digits n8n cannot keep: it is rounded. Do not use it as an ID.`;
}
