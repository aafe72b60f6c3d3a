import type { IDataObject } from 'n8n-workflow';

/** Whether a value is an object with fields: no list, not null. */
export const isObject = (value: unknown): value is IDataObject =>
	isObjectOrList(value) && !Array.isArray(value);

/** Whether a value is an object or a list: what JSON can nest. */
export const isObjectOrList = (value: unknown): value is object =>
	typeof value === 'object' && value !== null;

/** Whether a value is a number beyond 2^53, which JavaScript may have rounded, or no number at all (NaN). */
export const isUnsafeNumber = (value: unknown): boolean =>
	typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER);

/** The value of a JSON text; undefined where the text is not JSON. */
export const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

/** Whether a value is none: undefined, null or an empty text. */
export const isEmpty = (value: unknown): boolean =>
	value === undefined || value === null || value === '';

/** As `isEmpty`, and a text of nothing but white space is no value either. */
export const isBlankText = (value: unknown): boolean =>
	isEmpty(typeof value === 'string' ? value.trim() : value);
