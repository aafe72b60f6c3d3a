import type { IDataObject } from 'n8n-workflow';

/** One record as a view lists it: its columns by their names. */
export type Row = IDataObject;

/** The value of the column that tells rows apart. */
export type RowId = string | number;

/** Whether a row has an ID that tells it from others. A larger number has lost digits: it would be the ID of another. */
export const hasId = ({ id }: Row): boolean =>
	Number.isSafeInteger(id) || (typeof id === 'string' && id !== '');

/** Which rows of a view are read, and which columns of them. */
export interface ViewQuery {
	view: string;
	/** Columns to ask for; the view's own choice without them. */
	columns?: string[];
	/** Entries of `properties` to ask for; the view's own choice without them. */
	properties?: string[];
	filter?: string;
	/** Index of the first row, from 0. */
	offset?: number;
	/** Rows in all; every row without it. */
	limit?: number;
	/** Rows in one request, as the user chose; without it the size is learned. */
	pageSize?: number;
	unitId?: number;
	/** False for a reader who may not want all pages: each is fetched when it is asked for. */
	prefetches?: boolean;
}
