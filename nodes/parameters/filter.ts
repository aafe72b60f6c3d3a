import type { INodeProperties } from 'n8n-workflow';

import {
	compileFilter,
	OPERATORS,
	toValueList,
	VALUE_TYPES,
	type Condition,
} from '../api/views/filter';
import { InvalidInput } from '../api/transport/errors';
import { findFilterHint, type FilterHint } from './filterHints';
import { isEmpty, parseChoice, type ParameterReader } from './reader';
import { buildColumnParameter } from './view';

/** How Teamogy stores a value to compare with. */
export const buildValueTypeParameter = (name: string): INodeProperties => ({
	displayName: 'Value Type',
	name,
	type: 'options',
	options: [
		{
			name: 'Boolean',
			value: 'boolean',
			description: 'True or false, e.g. the column isDisabled',
		},
		{ name: 'Number', value: 'number', description: 'Numbers and IDs, e.g. the column total' },
		{ name: 'String', value: 'string', description: 'Text and dates' },
	],
	default: 'string',
	description: 'How Teamogy stores the value. Choose Number for IDs.',
});

/** Which records to read: by conditions, or in Teamogy's own syntax. */
export const filterParameters: INodeProperties[] = [
	{
		displayName: 'Filter By',
		name: 'filterType',
		type: 'options',
		options: [
			{
				name: 'Conditions',
				value: 'conditions',
				description: 'Build conditions from columns and values',
			},
			{
				name: 'Teamogy Syntax',
				value: 'expression',
				description: "Write the filter in Teamogy's own syntax",
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
					buildColumnParameter('column', 'The column to compare.'),
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
							"The value to compare with. Write dates as 2026-11-30 or {{ $today.toISODate() }}. For 'Is Any Of', separate values by commas or give an array by expression.",
					},
					buildValueTypeParameter('type'),
				],
			},
		],
	},
	{
		displayName: 'Combine Conditions',
		name: 'combine',
		type: 'options',
		options: [
			{ name: 'All Conditions (AND)', value: 'and' },
			{ name: 'Any Condition (OR)', value: 'or' },
		],
		default: 'and',
		description: 'How to combine the conditions',
		displayOptions: { show: { filterType: ['conditions'] } },
	},
	{
		displayName: 'Filter in Teamogy Syntax',
		name: 'filterExpression',
		type: 'string',
		default: '',
		placeholder: "e.g. (type='INVOICE.SALES' AND status='APPROVED')",
		description:
			'Sent to Teamogy as you write it, in one pair of brackets where it combines conditions. You can use =, >, AND, OR, NOT, brackets, text in single quotes, numbers, true and false.',
		displayOptions: { show: { filterType: ['expression'] } },
	},
];

/** The error for an expression without a result: as if there were no filter, it would select all records. */
export const emptyFilterError = (): InvalidInput =>
	new InvalidInput(
		"The expression in 'Filter in Teamogy Syntax' gives nothing",
		'All records would be selected. Check the expression. To select all records, remove the expression. To select all records for some items only, let it give an empty text for them.',
	);

/** The filter as Teamogy takes it, undefined for all records, and what a value in it probably means. */
export interface Filter {
	filter?: string;
	filterHint?: FilterHint;
}

export const readFilterType = (parameters: ParameterReader): 'conditions' | 'expression' =>
	parameters.readChoice('filterType', 'Filter By', ['conditions', 'expression']);

export function readFilter(parameters: ParameterReader): Filter {
	if (readFilterType(parameters) === 'expression')
		return { filter: readFilterExpression(parameters) };
	const conditions = readConditions(parameters);
	const combine = parameters.readChoice('combine', 'Combine Conditions', ['and', 'or']);
	return {
		filter: compileFilter(conditions, combine),
		filterHint: conditions
			.map(({ type = 'string', value }) => findFilterHint(type, toValueList(value)))
			.find((hint) => hint !== undefined),
	};
}

function readFilterExpression(parameters: ParameterReader): string | undefined {
	const expression = parameters.readParameter('filterExpression', '');
	// An empty text is no filter: an AI agent gives it when it wants no filter.
	if (typeof expression === 'string') return expression.trim() || undefined;
	if (isEmpty(expression)) throw emptyFilterError();
	throw new InvalidInput(
		`'Filter in Teamogy Syntax' is ${Array.isArray(expression) ? 'a list' : `of type ${typeof expression}`}, not text`,
		"Give one text, e.g. status='OPEN', or choose Conditions.",
	);
}

function readConditions(parameters: ParameterReader): Condition[] {
	const { conditions = [] } = parameters.readParameter('filters', {}) as {
		conditions?: Condition[];
	};
	return conditions.map(({ type, operator, ...condition }, index) => {
		const where = `of filter condition ${index + 1}`;
		return {
			...condition,
			type: parseChoice(`Value Type ${where}`, type, VALUE_TYPES),
			operator: parseChoice(`Operator ${where}`, operator, OPERATORS),
		};
	});
}
