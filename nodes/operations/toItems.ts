import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

/** The result of one item: the rows it becomes, and the files that go with each. */
export interface Output {
	rows: IDataObject[];
	binary?: IBinaryKeyData;
}

/** The rows of a response: a list gives one row for each entry, an object one row, nothing an empty row. */
export function toOutputRows(response: unknown): IDataObject[] {
	const rows: IDataObject[] = [];
	// A stack instead of recursion: lists may be nested too deeply for calls.
	const stack = [response];
	while (stack.length) {
		const value = stack.pop();
		// The last entry goes on the stack first, so that the first one comes off first.
		if (Array.isArray(value)) for (let at = value.length - 1; at >= 0; at--) stack.push(value[at]);
		else rows.push(toRow(value));
	}
	return rows;
}

/** Anything but an object goes under `data`. */
const toRow = (value: unknown): IDataObject => {
	if (value === undefined || value === null) return {};
	return typeof value === 'object' ? (value as IDataObject) : { data: value as string };
};
