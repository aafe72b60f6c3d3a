/** Value at a path such as `a.b[0].c`, or undefined. */
export function getPath(value: unknown, path: string): unknown {
	return keysOf(path).reduce(
		(at, key) => (at as Record<string, unknown> | null | undefined)?.[key],
		value,
	);
}

/** Sets a value at a path, making the objects and lists on the way. */
export function setPath(target: object, path: string, value: unknown): void {
	const keys = keysOf(path);
	let at = target as Record<string, unknown>;
	keys.forEach((key, index) => {
		if (index === keys.length - 1) {
			at[key] = value;
			return;
		}
		if (typeof at[key] !== 'object' || at[key] === null)
			at[key] = /^\d+$/.test(keys[index + 1]) ? [] : {};
		at = at[key] as Record<string, unknown>;
	});
}

function keysOf(path: string): string[] {
	return path
		.split(/[.[\]]/)
		.filter((key) => key !== '')
		.map((key) => key.replace(/^(['"])(.*)\1$/, '$2'));
}
