import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isBlankText } from '../api/common/json';
import { InvalidInput } from '../api/common/invalidInput';
import type { Condition, Operator } from '../api/filters/conditions';
import { assertComparable } from '../api/filters/columnValue';
import { assertSingleValue, VALUE_TYPES, type ValueType } from '../api/views/literal';
import { parseColumnName } from '../api/views/names';
import { parseChoice, parseFlag } from './reader';
import { buildColumnParameter } from './view';
import { ONE_ITEM_EACH } from './wording';

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
		{ name: 'Boolean', value: 'boolean' },
		{ name: 'Number', value: 'number', description: 'Numbers and IDs' },
		{ name: 'String', value: 'string', description: 'Text, compared exactly as given' },
	],
	default: 'auto',
	description: 'Automatic is right unless the column is empty or mixed',
});

/** Reads a value type. Undefined for the type of the column. @throws InvalidInput that names it by `label` */
export function parseValueType(label: string, entered: unknown): ValueType | undefined {
	const type = parseChoice(label, entered, ['auto', ...VALUE_TYPES]);
	return type === 'auto' ? undefined : type;
}

const OPERATOR_OPTIONS: Record<Operator, { name: string; description?: string }> = {
	contains: {
		name: 'Contains',
		description:
			'Text in the column, ignoring case and accents. Checked by the node, not by Teamogy.',
	},
	equal: { name: 'Equal' },
	greaterThan: { name: 'Greater Than' },
	greaterThanOrEqual: { name: 'Greater Than or Equal' },
	anyOf: {
		name: 'Is Any Of',
		description: 'One of several values, separated by commas, e.g. Acme, "Smith, Ltd."',
	},
	isEmpty: {
		name: 'Is Empty',
		description: 'No value in the column, e.g. no paid date. Checked by the node, not by Teamogy.',
	},
	isNotEmpty: {
		name: 'Is Not Empty',
		description: 'Any value in the column. Checked by the node, not by Teamogy.',
	},
	lessThan: { name: 'Less Than' },
	lessThanOrEqual: { name: 'Less Than or Equal' },
	notEqual: {
		name: 'Not Equal',
		description: 'Any other value. Records without a value may be left out.',
	},
};

/** For models that build workflows. */
const VALUE_HINT = { propertyHint: 'getColumns lists the values of a status and the like' };

/** Operators that compare with nothing, and those that need no type. */
const EMPTY_OPERATORS: Operator[] = ['isEmpty', 'isNotEmpty'];
const UNTYPED_OPERATORS: Operator[] = ['contains', ...EMPTY_OPERATORS];

/** Whether conditions may be optional: those of reads, which alone have the operators for no value too. */
const canBeOptional = (operators: readonly Operator[]): boolean => operators.includes('isEmpty');

/** Hides a parameter for those of the operators offered; with none of them nothing is hidden. */
const hideFor = (
	hidden: readonly Operator[],
	offered: readonly Operator[],
): Pick<INodeProperties, 'displayOptions'> => {
	const operator = hidden.filter((one) => offered.includes(one));
	return operator.length ? { displayOptions: { hide: { operator } } } : {};
};

/**
 * Makes a condition optional, e.g. for a model. Triggers and *Create or Update* do not have it: without a condition a
 * trigger would deliver other records, and other records would be changed.
 */
const ignoreIfEmptyParameter: INodeProperties = {
	displayName: 'Ignore If Empty',
	name: 'ignoreIfEmpty',
	type: 'boolean',
	default: false,
	description: 'Whether to leave the condition out where its value is empty',
	displayOptions: { hide: { operator: EMPTY_OPERATORS } },
};

/**
 * The parameters of one condition.
 *
 * @param operators those that it may have
 */
export const buildConditionParameters = (operators: readonly Operator[]): INodeProperties[] => [
	buildColumnParameter('column', 'The column to compare'),
	{
		displayName: 'Operator',
		name: 'operator',
		type: 'options',
		options: operators
			.map((value) => ({ ...OPERATOR_OPTIONS[value], value }))
			.sort((a, b) => a.name.localeCompare(b.name)),
		default: 'equal',
	},
	{
		displayName: 'Value',
		name: 'value',
		type: 'string',
		default: '',
		placeholder: 'e.g. APPROVED',
		description:
			'Write dates as 2026-11-30 or {{ $today }}. Is Any Of takes an array, or e.g. Acme, "Smith, Ltd".',
		builderHint: VALUE_HINT,
		...hideFor(EMPTY_OPERATORS, operators),
	},
	{ ...buildValueTypeParameter('type'), ...hideFor(UNTYPED_OPERATORS, operators) },
	...(canBeOptional(operators) ? [ignoreIfEmptyParameter] : []),
];

/** Names a condition in messages, following the name of one of its parameters. */
export const nameCondition = (number: number): string => `of filter condition ${number}`;

/** Whether a condition is left out: one that is optional, and has no value. */
export const isOmitted = (
	{ operator, value, ignoreIfEmpty }: IDataObject,
	number: number,
	operators: readonly [Operator, ...Operator[]],
): boolean =>
	canBeOptional(operators) &&
	parseFlag(`Ignore If Empty ${nameCondition(number)}`, ignoreIfEmpty) &&
	!EMPTY_OPERATORS.includes(
		parseChoice(`Operator ${nameCondition(number)}`, operator, operators),
	) &&
	(typeof value === 'string' && operator === 'anyOf' ? splitValues(value) : [value])
		.flat()
		.every(isBlankText);

/** Reads a condition. @throws InvalidInput that names it by its number */
export function parseCondition(
	entered: IDataObject,
	number: number,
	operators: readonly [Operator, ...Operator[]],
): Condition {
	const where = nameCondition(number);
	const type = parseValueType(`Value Type ${where}`, entered.type);
	const condition: Condition = {
		where: `Filter condition ${number}`,
		column: parseColumnName(entered.column, `The column ${where}`),
		operator: parseChoice(`Operator ${where}`, entered.operator, operators),
		type,
		value: entered.value,
		label: `The value ${where}`,
	};
	const { column, operator, value, label } = condition;
	// A date is a single value where it is compared as its column.
	const assertSingle = type ? assertSingleValue : assertComparable;
	if (EMPTY_OPERATORS.includes(operator)) return condition;
	if (operator === 'anyOf') {
		const values = parseValueList(value, where);
		for (const [index, one] of values.entries()) {
			const oneLabel = `Value ${index + 1} ${where}`;
			assertSingle(one, oneLabel);
			if (!type && isBlankText(one))
				throw new InvalidInput(`${oneLabel} is empty`, 'Leave it out of the list.');
		}
		return { ...condition, value: values };
	}
	// A text of nothing is a value for whoever chooses String.
	const isMissing =
		type === 'string' && operator !== 'contains' ? isNullish(value) : isBlankText(value);
	if (isMissing) throw emptyValueError(where, column, operators);
	if (operator === 'contains') assertSingleValue(value, label, ONE_ITEM_EACH);
	else assertSingle(value, label, "use the operator 'Is Any Of'");
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
		`Enter a value, or remove the condition to select records whatever their "${column}".${canBeOptional(operators) ? " For records without a value choose the operator 'Is Empty' (isEmpty). To make the condition optional turn on 'Ignore If Empty'." : ''}`,
	);

/** A value of a comma-separated text; one that has a comma stands in double quotes, as in CSV. */
const LISTED_VALUE = /\s*"([^"]*(?:""[^"]*)*)"\s*(?:,|$)|([^,]*)(?:,|$)/gy;

const splitValues = (text: string): string[] =>
	[...text.matchAll(LISTED_VALUE)]
		.map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare.trim())
		.filter(Boolean);

/** Reads the values of "Is Any Of": a list, or a comma-separated text. */
function parseValueList(value: unknown, where: string): unknown[] {
	const parts = typeof value === 'string' ? splitValues(value) : [value ?? []].flat();
	if (parts.length) return parts;
	throw new InvalidInput(
		`The list of values ${where} is empty`,
		'Enter at least one value, separated by commas, or skip this node when there is none (e.g. with an If node before it).',
	);
}
