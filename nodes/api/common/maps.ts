/** A Map or a WeakMap. */
interface Store<Key, Value> {
	get(key: Key): Value | undefined;
	set(key: Key, value: Value): unknown;
}

/** The value of a key; one that is missing is created and stored. */
export function getOrCreate<Key, Value>(
	store: Store<Key, Value>,
	key: Key,
	create: () => Value,
): Value {
	let value = store.get(key);
	if (value === undefined) store.set(key, (value = create()));
	return value;
}

/** Groups values with equal keys, in the order of the first value of each group. */
export function groupBy<Value, Key>(
	values: readonly Value[],
	getKey: (value: Value) => Key,
): Map<Key, Value[]> {
	const groups = new Map<Key, Value[]>();
	for (const value of values) getOrCreate(groups, getKey(value), () => []).push(value);
	return groups;
}
