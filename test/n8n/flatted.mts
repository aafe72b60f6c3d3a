/**
 * n8n keeps executions as a flat list in which every string inside an object or array is the index of what stands
 * there. This puts the tree together again, cycles included.
 */
export function unflatten(text: string): any {
	const list = JSON.parse(text) as unknown[];
	const seen = new Map<number, unknown>();
	const at = (index: number): unknown => {
		const value = list[index];
		if (typeof value !== 'object' || value === null) return value;
		if (seen.has(index)) return seen.get(index);
		const result: any = Array.isArray(value) ? [] : {};
		seen.set(index, result);
		for (const [key, entry] of Object.entries(value)) {
			result[key] = typeof entry === 'string' ? at(Number(entry)) : entry;
		}
		return result;
	};
	return at(0);
}
