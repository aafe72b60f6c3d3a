import { getOrCreate } from './getOrCreate';

/** Groups values with equal keys, in the order of the first value of each group. */
export function groupBy<Value, Key>(
	values: readonly Value[],
	getKey: (value: Value) => Key,
): Map<Key, Value[]> {
	const groups = new Map<Key, Value[]>();
	for (const value of values) getOrCreate(groups, getKey(value), () => []).push(value);
	return groups;
}
