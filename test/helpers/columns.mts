/** The columns some rows have, entries of `properties` as filters name them, in the alphabet's order. */
export function columnsIn(rows: Array<Record<string, unknown>>): string[] {
	const names = rows.flatMap(({ properties, ...row }) => [
		...Object.keys(row),
		...Object.keys(properties ?? {}).map((name) => `properties.${name}`),
	]);
	return [...new Set(names)].sort((a, b) => a.localeCompare(b));
}
