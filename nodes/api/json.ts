import type { IDataObject } from 'n8n-workflow';

/** Whether a value is an object with fields: no list, not null. */
export const isObject = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value is an object or a list: what JSON can nest. */
export const isObjectOrList = (value: unknown): value is object =>
	typeof value === 'object' && value !== null;

/** The value of a JSON text; undefined where the text is no JSON. */
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
