import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_PAGE_SIZE } from '../api/view';
import { COLUMNS_OF } from './columns';
import { alphabetically } from './wording';

const NAMES_FROM_ACCOUNT =
	'Choose from the list, or specify names using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

/** Entries of the Options collection, by name. */
export const OPTION = {
	columns: {
		displayName: 'Column Names or IDs',
		name: 'columns',
		type: 'multiOptions',
		typeOptions: COLUMNS_OF,
		allowArbitraryValues: true,
		default: [],
		description: `The columns to return; all of the view's own unless set. ${NAMES_FROM_ACCOUNT}.`,
	},
	dropRepeats: {
		displayName: 'Drop Repeats',
		name: 'dropRepeats',
		type: 'boolean',
		default: true,
		description:
			'Whether to answer a repeated delivery without running the workflow again. Teamogy tries up to four times in 24 hours; a repeat is the same content of the same record after a delivery that was accepted.',
	},
	idColumn: {
		displayName: 'ID Column',
		name: 'idColumn',
		type: 'string',
		default: 'id',
		description:
			'The column whose value tells the records of the view apart. For the event Created it must hold numbers that grow.',
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
		description: 'The field for the record found, beside those of the input',
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
			"The custom fields (properties) to return, separated by commas; the view's own choice unless set",
	},
	recordIdField: {
		displayName: 'Record ID Field',
		name: 'recordIdField',
		type: 'string',
		default: 'id',
		placeholder: 'e.g. number',
		description:
			'The field of the body with the ID of the record, by which repeats are told. Behind a dot: a field within a field. What comes without an ID is never dropped.',
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
			"The query parameter for a registration number. Teamogy's documentation does not name it: change this if a record is not found by its registration number.",
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
		displayName: 'Unit ID',
		name: 'unitId',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 1,
		description: 'The business unit to work in, if not the one of the credential',
	},
} satisfies Record<string, INodeProperties>;

export type OptionName = keyof typeof OPTION;

/** The Options collection with some of its entries, by their order in the alphabet. */
export const optionsParameter = (...names: OptionName[]): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: names
		.map((name) => OPTION[name] as INodeProperties)
		.sort((a, b) => alphabetically(a.displayName, b.displayName)),
});
