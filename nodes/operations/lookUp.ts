import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { withColumn } from '../api/views/columns';
import { ColumnTypes } from '../api/views/columnTypes';
import { parseColumnName } from '../api/views/names';
import { toMatchLiteral } from '../api/views/matchBatches';
import { formatList, formatValue } from '../api/common/formatValue';
import { InvalidInput } from '../api/common/invalidInput';
import { assertComparable } from '../api/views/columnValue';
import { VALUE_TYPES, type ValueType } from '../api/views/literal';
import type { TypedMatchQuery } from '../api/views/typedMatch';
import { buildValueTypeParameter } from '../parameters/condition';
import { ignoreCaseOption, readIgnoreCase } from '../parameters/ignoreCase';
import { buildOptionsParameter } from '../parameters/options';
import { readViewQuery } from '../parameters/output';
import { isBlankText } from '../parameters/reader';
import { buildColumnParameter, buildViewParameters } from '../parameters/view';
import { isTool } from '../n8n/tool';
import { ONE_ITEM_EACH, withArticle } from '../parameters/wording';
import type { OperationContext, PreparedItem } from './context';
import { ItemMatcher } from './itemMatcher';
import { describeMissing, toHintItems } from './modelHint';
import { groupTasks, type Operation } from './operation';

const ON_MISSING = ['empty', 'skip', 'fail'] as const;
const MAX_VALUES_NAMED = 5;

interface Task {
	query: TypedMatchQuery;
	/** Undefined for an item without a value, which is not looked up. */
	value: unknown;
	/** The type that the user chose; without it the value is compared as its column. */
	type?: ValueType;
	/** The input item, to add the record to; undefined to return the record alone. */
	input?: INodeExecutionData;
	/** The field for the record, or for null where nothing is found. */
	field: string;
	onMissing: (typeof ON_MISSING)[number];
}

const outputFieldOption: INodeProperties = {
	displayName: 'Put Output in Field',
	name: 'outputField',
	type: 'string',
	default: 'teamogy',
	placeholder: 'e.g. company',
	description: 'The field for the found record',
};

const VALUE = 'The Value to look up';

/** Looks up the values of tasks with equal queries. Gives the values that nothing was found for. */
async function executeGroup(
	group: Array<PreparedItem<Task>>,
	columnTypes: ColumnTypes,
	context: OperationContext,
): Promise<unknown[]> {
	const { client } = context;
	const hasValue = ({ task }: PreparedItem<Task>) => task.value !== undefined;
	const matcher = new ItemMatcher(context, columnTypes, group[0].task.query, VALUE);
	const matched = new Set(await matcher.match(group.filter(hasValue)));
	const ready = group.filter((item) => matched.has(item) || !hasValue(item));
	const replaced = ready.find(
		({ task }) => task.input && Object.hasOwn(task.input.json, task.field),
	);
	if (replaced) {
		client.hint(
			`The field "${formatValue(replaced.task.field)}" of the input was replaced. To keep it, set 'Put Output in Field' under 'Options' to another name.`,
		);
	}
	const missing: unknown[] = [];
	for (const { index, task } of ready)
		await context.runItem(index, async () => {
			const isLookedUp = task.value !== undefined;
			const rows = isLookedUp ? await matcher.findRows(task) : [];
			if (!rows.length && isLookedUp) missing.push(task.value);
			const items = toItemRows(task, rows);
			const hint = rows.length ? undefined : describeMissing(task.query, task.value);
			return {
				rows: isTool(context.executeFunctions) ? [...items, ...toHintItems(hint)] : items,
				binary: task.input?.binary,
			};
		});
	return missing;
}

/** The hint after a look-up that found nothing for some items. */
const buildMissingHint = (missing: unknown[], items: number, ignoresCase: boolean): string => {
	const named = [...new Set(missing.map(formatValue))];
	const listed = formatList(named, MAX_VALUES_NAMED, (value) => `"${value}"`);
	const advice = named.some((value) => value.includes('{{'))
		? 'The value is the text of an expression: switch the field from Fixed to Expression.'
		: ignoresCase
			? 'Check the values and the column.'
			: "Text is compared with its case and accents, unless 'Ignore Case and Accents' under 'Options' is on.";
	return `Nothing was found for ${missing.length} of ${items} items: ${listed}. ${advice}`;
};

/** @throws InvalidInput for an item that has to fail without a record */
function toItemRows(
	{ query, value, input, field, onMissing }: Task,
	rows: IDataObject[],
): IDataObject[] {
	if (!rows.length && onMissing === 'fail') {
		throw new InvalidInput(
			`No row of the view "${query.view}" has "${formatValue(value ?? '')}" in "${query.column}"`,
			"Check the value, or choose another setting for 'When Nothing Is Found'.",
		);
	}
	if (!rows.length && onMissing === 'skip') return [];
	if (input) return (rows.length ? rows : [null]).map((row) => ({ ...input.json, [field]: row }));
	return rows.length ? rows : [{ [field]: null }];
}

/** Look Up: finds for each item the rows of a view with a value in a column, for many items in one request. */
export const lookUp: Operation<Task> = {
	value: 'lookUp',
	name: 'Look Up',
	isOfferedBy: (resource) =>
		resource.kind !== 'request' && (resource.kind === 'anyView' || resource.views.length > 0),
	describe: (resource) =>
		resource.kind === 'anyView'
			? {
					description:
						'Add to each input item the record of any view with a value in a column. Matches many items in one request.',
					action: 'Look up a record in a view',
				}
			: {
					description: `Add to each input item the ${resource.name.toLowerCase()} with a value in a column. Matches many items in one request.`,
					action: `Look up ${withArticle(resource.name)}`,
				},
	parameters: (resources) => [
		...buildViewParameters(resources),
		{
			...buildColumnParameter('lookUpColumn', 'The column to find the value in'),
			displayName: 'Look Up Column Name or ID',
			required: true,
		},
		{
			displayName: 'Value',
			name: 'lookUpValue',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. {{ $json.companyId }}',
			description: 'The value to find. Without a value nothing is looked up.',
		},
		buildValueTypeParameter('lookUpType'),
		{
			displayName: 'Output',
			name: 'lookUpOutput',
			type: 'options',
			options: [
				{
					name: 'Input With Found Record',
					value: 'merge',
					description:
						"The input fields plus the found record, in the field 'teamogy' or the one set under 'Options'",
				},
				{ name: 'Found Record Only', value: 'record', description: 'The found record as it is' },
			],
			default: 'merge',
			description: 'What to return. Each of several found records makes an item.',
		},
		{
			displayName: 'When Nothing Is Found',
			name: 'onMissing',
			type: 'options',
			options: [
				{
					name: 'Return Item Without Match',
					value: 'empty',
					description: 'Pass the item on with null instead of the record',
				},
				{ name: 'Skip Item', value: 'skip', description: 'Leave the item out of the output' },
				{
					name: 'Fail Item',
					value: 'fail',
					description: "Fail the item; the node's 'On Error' setting decides what happens next",
				},
			],
			default: 'empty',
			description: 'What to do with an item without a match',
		},
		buildOptionsParameter('columns', ignoreCaseOption, outputFieldOption, 'pageSize', 'unitId'),
	],
	prepare: (item) => {
		const entered = item.readParameter('lookUpValue', '');
		const value = isBlankText(entered) ? undefined : entered;
		const viewQuery = readViewQuery(item);
		const query: TypedMatchQuery = {
			// A model needs the ID for its next call.
			...(isTool(item.context) ? withColumn(viewQuery, 'id') : viewQuery),
			column: parseColumnName(item.readParameter('lookUpColumn', ''), 'Look Up Column Name or ID'),
			ignoreCase: readIgnoreCase(item),
		};
		const type = item.readChoice('lookUpType', 'Value Type', VALUE_TYPES);
		const output = item.readChoice('lookUpOutput', 'Output', ['merge', 'record']);
		if (value !== undefined && type !== 'auto')
			toMatchLiteral({ ...query, type }, value, VALUE, ONE_ITEM_EACH);
		else if (value !== undefined) assertComparable(value, VALUE, ONE_ITEM_EACH);
		return {
			query,
			value,
			type: type === 'auto' ? undefined : type,
			input: output === 'merge' ? item.input : undefined,
			field: String(item.readOption('outputField') ?? '').trim() || 'teamogy',
			onMissing: item.readChoice('onMissing', 'When Nothing Is Found', ON_MISSING),
		};
	},
	execute: async (prepared, context) => {
		const { client, executeFunctions } = context;
		const columnTypes = new ColumnTypes(client, executeFunctions.getTimezone());
		const missing: unknown[] = [];
		for (const group of groupTasks(prepared, ({ query }) => query))
			missing.push(...(await executeGroup(group, columnTypes, context)));
		if (!missing.length) return;
		const ignoresCase = prepared.every(({ task }) => task.query.ignoreCase);
		client.hint(buildMissingHint(missing, prepared.length, ignoresCase));
	},
};
