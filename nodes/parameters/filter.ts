import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import { isEmpty } from '../api/common/json';
import { FILTER_OPERATORS, type EnteredFilter, type Operator } from '../api/filters/conditions';
import { isBalanced, listComparedColumns } from '../api/views/filter';
import type { NamedColumn } from '../api/filters/missingColumn';
import { parseColumnName } from '../api/views/names';
import { InvalidInput } from '../api/common/invalidInput';
import { buildConditionParameters, isOmitted, nameCondition, parseCondition } from './condition';
import type { ParameterReader } from './reader';

/**
 * Which records to read: by conditions, or in Teamogy's own syntax.
 *
 * @param operators those that conditions may have
 * @param filtersDescription what the conditions do, and what happens without any
 */
export const buildFilterParameters = (
	operators: readonly Operator[],
	filtersDescription: string,
): INodeProperties[] => [
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
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Condition' },
		placeholder: 'Add Condition',
		default: {},
		description: filtersDescription,
		displayOptions: { show: { filterType: ['conditions'] } },
		options: [
			{
				displayName: 'Condition',
				name: 'conditions',
				values: buildConditionParameters(operators),
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

/** The error for an expression without a result: as if there were no filter, it would select all records. */
const emptyFilterError = (): InvalidInput =>
	new InvalidInput(
		"The expression in 'Filter in Teamogy Syntax' gives undefined or null",
		'All records would be selected. Check the expression. To select all records, remove the expression. To select all records for an item, let the expression give "".',
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
): EnteredFilter {
	if (readFilterType(parameters) === 'expression')
		return { expression: readFilterExpression(parameters), conditions: [], combine: 'and' };
	const { conditions = [] } = parameters.readParameter('filters', {}) as {
		conditions?: IDataObject[];
	};
	const omittedColumns: string[] = [];
	const filter: EnteredFilter = {
		conditions: conditions.flatMap((entered, index) => {
			const number = index + 1;
			if (!isOmitted(entered, number, operators)) return parseCondition(entered, number, operators);
			omittedColumns.push(parseColumnName(entered.column, `The column ${nameCondition(number)}`));
			return [];
		}),
		combine: parameters.readChoice('combine', 'Combine Conditions', ['and', 'or']),
	};
	return omittedColumns.length ? { ...filter, omittedColumns } : filter;
}

function readFilterExpression(parameters: ParameterReader): string | undefined {
	const expression = parameters.readParameter('filterExpression', '');
	// An empty text is no filter: an AI agent gives it when it wants no filter.
	if (typeof expression === 'string') return parseFilterExpression(expression.trim());
	if (isEmpty(expression)) throw emptyFilterError();
	throw new InvalidInput(
		`'Filter in Teamogy Syntax' is ${Array.isArray(expression) ? 'a list' : `of type ${typeof expression}`}, not text`,
		"Enter one text, e.g. status='OPEN', or choose Conditions.",
	);
}

/** @throws InvalidInput for a text that would break out of the brackets it is sent in */
function parseFilterExpression(text: string): string | undefined {
	if (isBalanced(text)) return text || undefined;
	throw new InvalidInput(
		`'Filter in Teamogy Syntax' has a bracket or a quote without its other half: ${formatValue(text)}`,
		"Close each bracket and each single quote. A quote within a text is doubled, e.g. name='Men''s shoes'. In an expression: {{ $json.name.replaceAll(\"'\", \"''\") }}.",
	);
}

/** The columns of a filter, with the place of each for messages. */
export const listFilterColumns = ({ expression, conditions }: EnteredFilter): NamedColumn[] => [
	...conditions.map(({ column, where }) => ({ column, where })),
	...listComparedColumns(expression ?? '').map((column) => ({
		column,
		where: 'Filter in Teamogy Syntax',
	})),
];
