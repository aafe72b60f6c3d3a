import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_PAGE_SIZE } from '../api/views/view';
import { COLUMN_LIST_OPTIONS } from './columns';
import { compareNames } from './wording';

const NAMES_FROM_ACCOUNT =
	'Choose from the list, or specify names using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

/** Entries of the Options collection, by name. */
const OPTIONS = {
	columns: {
		displayName: 'Column Names or IDs',
		name: 'columns',
		type: 'multiOptions',
		typeOptions: COLUMN_LIST_OPTIONS,
		allowArbitraryValues: true,
		default: [],
		description: `The columns to return. If empty, the view's default columns are returned. ${NAMES_FROM_ACCOUNT}.`,
	},
	dropRepeats: {
		displayName: 'Drop Repeats',
		name: 'dropRepeats',
		type: 'boolean',
		default: true,
		description:
			"Whether to answer a repeated delivery without running the workflow again. Teamogy may send a record up to four times within 24 hours; a repeat has the same record and content as a delivery that was accepted. With 'Respond: Immediately' a delivery is accepted before the workflow runs.",
	},
	idColumn: {
		displayName: 'ID Column',
		name: 'idColumn',
		type: 'string',
		default: 'id',
		description:
			"The column that identifies each record of the view. For 'Created' it must contain increasing numbers.",
	},
	offset: {
		displayName: 'Offset',
		name: 'offset',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'How many results to skip before the first one returned',
	},
	outputField: {
		displayName: 'Put Output in Field',
		name: 'outputField',
		type: 'string',
		default: 'teamogy',
		placeholder: 'e.g. company',
		description: 'The field to put the record that was found in, beside the fields of the input',
	},
	pageSize: {
		displayName: 'Page Size',
		name: 'pageSize',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: DEFAULT_PAGE_SIZE,
		description:
			'How many records to ask for in one request. Larger pages need fewer requests, but one answer must stay below 10 MB.',
	},
	properties: {
		displayName: 'Properties',
		name: 'properties',
		type: 'string',
		default: '',
		placeholder: 'e.g. extStatus, extName',
		description:
			"The custom fields (properties) to return, separated by commas. If empty, the view's default ones are returned.",
	},
	recordIdField: {
		displayName: 'Record ID Field',
		name: 'recordIdField',
		type: 'string',
		default: 'id',
		placeholder: 'e.g. number',
		description:
			"The field in the body that contains the record's ID, used to recognize repeats. Use a dot for nested fields, e.g. order.number. Pushes without an ID are never dropped.",
	},
	registrationParameter: {
		displayName: 'Registration Number Is Sent As',
		name: 'registrationParameter',
		type: 'options',
		options: [
			{ name: 'Number', value: 'number' },
			{ name: 'Registration', value: 'registration' },
		],
		default: 'registration',
		description:
			"The query parameter for a registration number. Teamogy's documentation does not name it, so change this if a record is not found by its registration number.",
	},
	responseFormat: {
		displayName: 'Response Format',
		name: 'responseFormat',
		type: 'options',
		options: [
			{
				name: 'Autodetect',
				value: 'autodetect',
				description: 'JSON or text where the response is that, otherwise a file',
			},
			{ name: 'File', value: 'file', description: 'Binary data in the field "data"' },
			{ name: 'JSON', value: 'json' },
			{ name: 'Text', value: 'text', description: 'Text in the field "data"' },
		],
		default: 'autodetect',
		description: 'The format in which the response is returned',
	},
	returnRecord: {
		displayName: 'Return Full Record',
		name: 'returnRecord',
		type: 'boolean',
		default: false,
		description:
			'Whether to read the record after it is saved and return all of it. Takes one more request for each item.',
	},
	unitId: {
		displayName: 'Business Unit ID',
		name: 'unitId',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 1,
		description: 'The business unit to use instead of the one in the credential',
	},
} satisfies Record<string, INodeProperties>;

export type OptionName = keyof typeof OPTIONS;

/** The collection Options of shared entries, by their names, and entries of one operation. */
export const buildOptionsParameter = (
	...entries: Array<OptionName | INodeProperties>
): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: entries
		.map((entry): INodeProperties => (typeof entry === 'string' ? OPTIONS[entry] : entry))
		.sort((a, b) => compareNames(a.displayName, b.displayName)),
});
