/** Members with equal parts of a key, in the order they first appear. */
export function groupBy<T>(members: T[], keyOf: (member: T) => unknown[]): T[][] {
	const groups = new Map<string, T[]>();
	for (const member of members) {
		const key = JSON.stringify(keyOf(member));
		const group = groups.get(key);
		if (group) group.push(member);
		else groups.set(key, [member]);
	}
	return [...groups.values()];
}
