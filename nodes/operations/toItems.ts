import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import { isObject } from '../api/common/json';

/** The result of one item: its output rows, and the files that each row gets. */
export interface Output {
	rows: IDataObject[];
	binary?: IBinaryKeyData;
	/** What a model has to know of the rows. */
	hint?: string;
}

/** The rows of a response: a list gives one row for each entry, any other response gives one row. */
export const toOutputRows = (response: unknown): IDataObject[] =>
	(Array.isArray(response) ? response : [response]).map(toRow);

/** A value other than an object goes under `data`; nothing gives an empty row. */
const toRow = (value: unknown): IDataObject => {
	if (isObject(value)) return value;
	return value === undefined || value === null ? {} : { data: value as string };
};
