import type { IDataObject } from 'n8n-workflow';

/** Fields that name a record, the best first. */
export const NAME_FIELDS: readonly string[] = ['number', 'name', 'userName', 'email'];

/** Columns that number a record, the best first. Each account configures the columns of a view. */
export const NUMBER_COLUMNS: readonly string[] = ['number', 'code', 'documentNumber'];

/** Columns that name a record besides its number, the best first. */
export const NAME_COLUMNS: readonly string[] = [
	'name',
	'subject',
	'title',
	'fullName',
	'companyName',
	'email',
	'userName',
	'description',
];

/** Whether a value can be a name or a number of a record. */
export const isNameText = (value: unknown): boolean =>
	typeof value === 'number' || (typeof value === 'string' && value !== '');

/** The full name of a person; empty without one. */
export const joinFullName = ({ firstName, lastName }: IDataObject): string =>
	[firstName, lastName].filter(isNameText).join(' ');
