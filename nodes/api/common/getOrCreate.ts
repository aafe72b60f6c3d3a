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
