import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { VIEWS, type Resource } from '../api/catalog';
import { DEFAULT_PAGE_SIZE } from '../api/view';
import { aOrAn } from './wording';

/** Parameters that several operations and the trigger share. Where they are shown is added by the registry. */

const NAMES_FROM_ACCOUNT =
	'Choose from the list, or specify names using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';
const NAME_FROM_ACCOUNT =
	'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

/**
 * In the order of the alphabet, for our own plain English names. By locale it would be the same order,
 * but loading a language's rules takes a third of the time that all of the package takes to load.
 */
export const alphabetically = (a: string, b: string): number =>
	a.toLowerCase() < b.toLowerCase() ? -1 : 1;

/** What a list of columns in the editor depends on, so that it is loaded anew when one changes. */
const COLUMNS_OF = {
	loadOptionsMethod: 'getColumns',
	loadOptionsDependsOn: ['resource', 'view', 'viewName', 'options.unitId'],
};

export const viewOptions = (views: ReadonlyArray<keyof typeof VIEWS>): INodePropertyOptions[] =>
	views
		.map((view) => ({ name: VIEWS[view], value: view }))
		.sort((a, b) => alphabetically(a.name, b.name));

/** The choice of a view, for each resource that has several. */
export const viewParameters = (resources: readonly Resource[]): INodeProperties[] =>
	resources.flatMap(({ value, views }): INodeProperties[] => {
		const displayOptions = { show: { resource: [value] } };
		const [usualView] = views;
		if (views.length > 1) {
			return [
				{
					displayName: 'View',
					name: 'view',
					type: 'options',
					options: viewOptions(views),
					default: usualView,
					description: 'The list in Teamogy to read',
					displayOptions,
				},
			];
		}
		return views.length ? [] : [{ ...viewNameParameter, displayOptions }];
	});

export const viewNameParameter: INodeProperties = {
	displayName: 'View Name',
	name: 'viewName',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. jobs.overbudget',
	description:
		"The view's technical name, e.g. invoices.sales. Besides the views Teamogy comes with, an account may have its own.",
};

export const returnAllParameters: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

export const valueTypeParameter = (name: string, displayName: string): INodeProperties => ({
	displayName,
	name,
	type: 'options',
	options: [
		{
			name: 'Boolean',
			value: 'boolean',
			description: 'True or false, e.g. of the column isDisabled',
		},
		{ name: 'Number', value: 'number', description: 'Numbers and IDs, e.g. of the column ID' },
		{ name: 'String', value: 'string', description: 'Text and dates' },
	],
	default: 'string',
	description: 'How Teamogy holds the value. IDs are numbers.',
});

export const columnParameter = (name: string): INodeProperties => ({
	displayName: 'Column Name or ID',
	name,
	type: 'options',
	typeOptions: COLUMNS_OF,
	allowArbitraryValues: true,
	default: '',
	description: NAME_FROM_ACCOUNT,
});

export const filterParameters: INodeProperties[] = [
	{
		displayName: 'Filter By',
		name: 'filterType',
		type: 'options',
		options: [
			{
				name: 'Conditions',
				value: 'conditions',
				description: 'Put conditions together from columns and values',
			},
			{
				name: 'Teamogy Syntax',
				value: 'expression',
				description: 'Write the filter as Teamogy understands it',
			},
		],
		default: 'conditions',
		description: 'How to select records',
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Condition' },
		placeholder: 'Add Condition',
		default: {},
		description: 'The conditions a record must meet. Without any, all records are selected.',
		displayOptions: { show: { filterType: ['conditions'] } },
		options: [
			{
				displayName: 'Condition',
				name: 'conditions',
				values: [
					columnParameter('column'),
					valueTypeParameter('type', 'Type'),
					{
						displayName: 'Operator',
						name: 'operator',
						type: 'options',
						options: [
							{ name: 'Equal', value: 'equal' },
							{ name: 'Greater Than', value: 'greaterThan' },
							{ name: 'Greater Than or Equal', value: 'greaterThanOrEqual' },
							{
								name: 'Is Any Of',
								value: 'anyOf',
								description: 'One of several values, separated by commas',
							},
							{ name: 'Less Than', value: 'lessThan' },
							{ name: 'Less Than or Equal', value: 'lessThanOrEqual' },
							{ name: 'Not Equal', value: 'notEqual' },
						],
						default: 'equal',
						description: 'How the column is compared with the value',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. APPROVED',
						description:
							'The value to compare with. Dates as Teamogy has them, e.g. 2026-11-30 or {{ $today.toISODate() }}. For Is Any Of: values separated by commas, or an array by expression.',
					},
				],
			},
		],
	},
	{
		displayName: 'Combine',
		name: 'combine',
		type: 'options',
		options: [
			{ name: 'All Conditions (AND)', value: 'and' },
			{ name: 'Any Condition (OR)', value: 'or' },
		],
		default: 'and',
		description: 'How the conditions are combined',
		displayOptions: { show: { filterType: ['conditions'] } },
	},
	{
		displayName: 'Filter in Teamogy Syntax',
		name: 'filterExpression',
		type: 'string',
		default: '',
		placeholder: "e.g. (type='INVOICE.SALES' AND status='APPROVED')",
		description:
			"Sent to Teamogy as it is. Documented are =, AND, OR, NOT, brackets, text in single quotes, numbers, true and false; > is used by Teamogy's own client.",
		displayOptions: { show: { filterType: ['expression'] } },
	},
];

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

/** The record to read or change. A registration number finds records of entities only. */
export const recordParameter = (
	resources: readonly Resource[],
	byRegistration: boolean,
): INodeProperties[] =>
	resources.map(({ value, name }) => ({
		displayName: name,
		name: 'recordId',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: `The ${name.toLowerCase()} to work with`,
		displayOptions: { show: { resource: [value] } },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select ${aOrAn(name)}…`,
				typeOptions: { searchListMethod: 'searchRecords', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 1234',
				validation: [
					{
						type: 'regex',
						properties: {
							regex: '^\\s*0*[1-9]\\d{0,18}\\s*$',
							errorMessage: `The ${name} ID is a whole number above 0`,
						},
					},
				],
			},
			...(byRegistration
				? [
						{
							displayName: 'By Registration Number',
							name: 'registration',
							type: 'string' as const,
							placeholder: 'e.g. 12345678',
							hint: 'If it is not found, change Registration Number Is Sent As in Options',
						},
					]
				: []),
		],
	}));
