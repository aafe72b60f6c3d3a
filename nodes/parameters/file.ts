import type { INodeProperties } from 'n8n-workflow';

import { isBlankText, isEmpty } from '../api/common/json';
import { formatValue, toText } from '../api/common/formatValue';
import { InvalidInput } from '../api/common/invalidInput';
import { parseFlag, type ParameterReader } from './reader';

const show = { output: ['file'] };

/** The file of an output as a file. */
export const fileParameters: INodeProperties[] = [
	{
		displayName: 'File Format',
		name: 'fileFormat',
		type: 'options',
		options: [
			{ name: 'CSV', value: 'csv', description: 'A table for spreadsheets and imports' },
			{
				name: 'JSON Lines',
				value: 'jsonl',
				description: 'A record in JSON on each line, for databases and programs',
			},
		],
		default: 'csv',
		displayOptions: { show },
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		description: 'The name of the output binary field to put the file in',
		displayOptions: { show },
	},
];

/** The options of a file, which the editor shows for a file alone. */
export const fileOptions: INodeProperties[] = [
	{
		displayName: 'Format for Excel',
		name: 'byteOrderMark',
		type: 'boolean',
		default: true,
		description: 'Whether to make Excel show accents, and to put an apostrophe before formulas',
		displayOptions: { show: { '/output': ['file'], '/fileFormat': ['csv'] } },
	},
	{
		displayName: 'Delimiter',
		name: 'delimiter',
		type: 'string',
		default: ',',
		placeholder: 'e.g. ;',
		description:
			'The character between values, \\t for a tab. Use ; for Excel where decimals have a comma.',
		displayOptions: { show: { '/output': ['file'], '/fileFormat': ['csv'] } },
	},
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. invoices.csv',
		description: 'Name of the file. If empty, the name of the view.',
		displayOptions: { show: { '/output': ['file'] } },
	},
];

export interface FileSettings {
	format: 'csv' | 'jsonl';
	/** The field of the item that the file is put in. */
	binaryProperty: string;
	fileName: string;
	delimiter: string;
	/** Whether the file is for a spreadsheet. */
	forSpreadsheet: boolean;
}

function parseDelimiter(value: unknown): string {
	if (isEmpty(value)) return ',';
	const text = toText(value).replace('\\t', '\t');
	if (text.length === 1 && !/["\r\n]/.test(text)) return text;
	throw new InvalidInput(
		`'Delimiter', "${formatValue(value)}", is not one character`,
		'Enter a comma, a semicolon or \\t for a tab.',
	);
}

/** Endings of tables and records as text. What follows a dot in other names may be part of a date or a view. */
const FILE_ENDING = /[^.]\.(csv|tsv|txt|json|jsonl|ndjson)$/i;

/** The name of the file, without folders; the ending of the format where the name has none. */
function parseFileName(value: unknown, format: string, view: string): string {
	const name = isBlankText(value) ? '' : toText(value).split(/[/\\]/).at(-1)!.trim();
	return FILE_ENDING.test(name) ? name : `${name || view}.${format}`;
}

/**
 * Reads how rows of a view become a file.
 *
 * @throws InvalidInput that names the invalid parameter
 */
export function readFileSettings(parameters: ParameterReader, view: string): FileSettings {
	const format = parameters.readChoice('fileFormat', 'File Format', ['csv', 'jsonl']);
	const byteOrderMark = parameters.readOption('byteOrderMark');
	return {
		format,
		binaryProperty: toText(parameters.readParameter('binaryPropertyName') ?? '').trim() || 'data',
		fileName: parseFileName(parameters.readOption('fileName'), format, view),
		delimiter: parseDelimiter(parameters.readOption('delimiter')),
		forSpreadsheet:
			format === 'csv' && (isEmpty(byteOrderMark) || parseFlag('Format for Excel', byteOrderMark)),
	};
}
