import type { IDataObject } from 'n8n-workflow';

/**
 * What Teamogy answered, as items: a list as one item each, an object as it is, nothing as an empty
 * item, anything else under `data`. Lists may be nested however deeply: nothing here recurses.
 */
export function toOutputRows(response: unknown): IDataObject[] {
	const rows: IDataObject[] = [];
	const open = [response];
	while (open.length) {
		const next = open.pop();
		// From the back, so that the first comes first.
		if (Array.isArray(next)) for (let at = next.length - 1; at >= 0; at--) open.push(next[at]);
		else rows.push(toRow(next));
	}
	return rows;
}

const toRow = (value: unknown): IDataObject => {
	if (value === undefined || value === null) return {};
	return typeof value === 'object' ? (value as IDataObject) : { data: value as string };
};
