import type { IDataObject, INodeProperties } from 'n8n-workflow';

import {
	FILTER_OPERATORS,
	type Condition,
	type Filter,
	type Operator,
} from '../api/views/conditions';
import { assertSingleValue, VALUE_TYPES } from '../api/views/literal';
import { parseColumnName } from '../api/views/names';
import { InvalidInput } from '../api/common/invalidInput';
import { isBlankText, isEmpty, parseChoice, type ParameterReader } from './reader';
import { buildColumnParameter } from './view';
import { compareNames } from './wording';

/** How a value is compared with a column. */
export const buildValueTypeParameter = (name: string): INodeProperties => ({
	displayName: 'Value Type',
	name,
	type: 'options',
	options: [
		{
			name: 'Automatic',
			value: 'auto',
			description: 'As the column: numbers, days, true and false, or text',
		},
		{ name: 'Boolean', value: 'boolean', description: 'True or false' },
		{ name: 'Number', value: 'number', description: 'Numbers and IDs' },
		{ name: 'String', value: 'string', description: 'Text, exactly as it is given' },
	],
	default: 'auto',
	description: 'Automatic is right unless the column has no values yet',
});

const OPERATOR_OPTIONS: Record<Operator, { name: string; description?: string }> = {
	contains: {
		name: 'Contains',
		description:
			'Text in the column, whatever its case and accents. Checked by n8n on the records that meet the other conditions.',
	},
	equal: { name: 'Equal' },
	greaterThan: { name: 'Greater Than' },
	greaterThanOrEqual: { name: 'Greater Than or Equal' },
	anyOf: { name: 'Is Any Of', description: 'One of several values, separated by commas' },
	isEmpty: {
		name: 'Is Empty',
		description:
			'No value in the column, e.g. invoices without a paid date. Checked by n8n on the records that meet the other conditions.',
	},
	isNotEmpty: {
		name: 'Is Not Empty',
		description:
			'Any value in the column. Checked by n8n on the records that meet the other conditions.',
	},
	lessThan: { name: 'Less Than' },
	lessThanOrEqual: { name: 'Less Than or Equal' },
	notEqual: { name: 'Not Equal' },
};

/** For models that build workflows. */
const VALUE_HINT = { propertyHint: 'getColumns lists the values of a status and the like' };

/** Operators that compare with nothing, and those that need no type. */
const EMPTY_OPERATORS: Operator[] = ['isEmpty', 'isNotEmpty'];
const UNTYPED_OPERATORS: Operator[] = ['contains', ...EMPTY_OPERATORS];

/** Hides a parameter for those of the operators offered; with none of them nothing is hidden. */
const hideFor = (
	hidden: readonly Operator[],
	offered: readonly Operator[],
): Pick<INodeProperties, 'displayOptions'> => {
	const operator = hidden.filter((one) => offered.includes(one));
	return operator.length ? { displayOptions: { hide: { operator } } } : {};
};

/**
 * Which records to read: by conditions, or in Teamogy's own syntax.
 *
 * @param operators those that conditions may have
 */
export const buildFilterParameters = (operators: readonly Operator[]): INodeProperties[] => [
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
		description: 'The conditions records must meet. Without any, all are selected.',
		displayOptions: { show: { filterType: ['conditions'] } },
		options: [
			{
				displayName: 'Condition',
				name: 'conditions',
				values: [
					buildColumnParameter('column', 'The column to compare'),
					{
						displayName: 'Operator',
						name: 'operator',
						type: 'options',
						options: operators
							.map((value) => ({ ...OPERATOR_OPTIONS[value], value }))
							.sort((a, b) => compareNames(a.name, b.name)),
						default: 'equal',
						description: 'How to compare',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. APPROVED',
						description:
							'Write dates as 2026-11-30 or {{ $today }}. Is Any Of takes values with commas or an array.',
						builderHint: VALUE_HINT,
						...hideFor(EMPTY_OPERATORS, operators),
					},
					{ ...buildValueTypeParameter('type'), ...hideFor(UNTYPED_OPERATORS, operators) },
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
			'You can use =, >, AND, OR, NOT, brackets, text in single quotes, numbers, true and false',
		displayOptions: { show: { filterType: ['expression'] } },
	},
];

/** The filter of operations and triggers that leave all of it to Teamogy. */
export const filterParameters = buildFilterParameters(FILTER_OPERATORS);

/** The error for an expression without a result: as if there were no filter, it would select all records. */
export const emptyFilterError = (): InvalidInput =>
	new InvalidInput(
		"The expression in 'Filter in Teamogy Syntax' gives nothing",
		'All records would be selected. Check the expression. To select all records, remove the expression. To select all records for some items only, let it give an empty text for them.',
	);

export const readFilterType = (parameters: ParameterReader): 'conditions' | 'expression' =>
	parameters.readChoice('filterType', 'Filter By', ['conditions', 'expression']);

/**
 * Reads a filter and checks it as far as it can be without the types of columns.
 *
 * @param operators those that conditions may have
 * @throws InvalidInput that names the condition
 */
export function readFilter(
	parameters: ParameterReader,
	operators: readonly [Operator, ...Operator[]] = FILTER_OPERATORS,
): Filter {
	if (readFilterType(parameters) === 'expression')
		return { expression: readFilterExpression(parameters), conditions: [], combine: 'and' };
	const { conditions = [] } = parameters.readParameter('filters', {}) as {
		conditions?: IDataObject[];
	};
	return {
		conditions: conditions.map((entered, index) =>
			parseCondition(entered, `of filter condition ${index + 1}`, operators),
		),
		combine: parameters.readChoice('combine', 'Combine Conditions', ['and', 'or']),
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

function parseCondition(
	entered: IDataObject,
	where: string,
	operators: readonly [Operator, ...Operator[]],
): Condition {
	const condition: Condition = {
		column: parseColumnName(entered.column, `The column ${where}`),
		operator: parseChoice(`Operator ${where}`, entered.operator, operators),
		type: parseChoice(`Value Type ${where}`, entered.type, VALUE_TYPES),
		value: entered.value,
		label: `The value ${where}`,
		hintForSeveral: "use the operator 'Is Any Of'",
	};
	const { column, operator, type, value } = condition;
	if (operator === 'isEmpty' || operator === 'isNotEmpty') return condition;
	if (operator === 'anyOf') return { ...condition, value: parseValueList(value, where) };
	// A text of nothing is a value for whoever chooses String.
	const isMissing =
		type === 'string' && operator !== 'contains' ? isNullish(value) : isBlankText(value);
	if (isMissing) throw emptyValueError(where, column, operators);
	if (operator === 'contains') assertSingleValue(value, condition.label);
	return condition;
}

const isNullish = (value: unknown): boolean => value === undefined || value === null;

const emptyValueError = (
	where: string,
	column: string,
	operators: readonly Operator[],
): InvalidInput =>
	new InvalidInput(
		`The value ${where}, for the column "${column}", is empty`,
		`Give a value, or remove the condition to select records whatever their "${column}".${operators.includes('isEmpty') ? " For records without a value choose the operator 'Is Empty' (isEmpty)." : ''}`,
	);

/** Reads the values of "Is Any Of": a list, or a comma-separated text. */
function parseValueList(value: unknown, where: string): unknown[] {
	const parts =
		typeof value === 'string'
			? value
					.split(',')
					.map((part) => part.trim())
					.filter(Boolean)
			: [value ?? []].flat();
	if (parts.length) return parts;
	throw new InvalidInput(
		`The list of values ${where} is empty`,
		'Give at least one value, separated by commas, or skip this node when there is none (e.g. with an If node before it).',
	);
}
