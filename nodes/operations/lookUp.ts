import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { parseColumnName } from '../api/views/names';
import { toMatchLiteral, type MatchQuery } from '../api/views/matchBatches';
import { formatValue } from '../api/formatValue';
import { InvalidInput } from '../api/transport/errors';
import { VALUE_TYPES } from '../api/views/filter';
import { matchRows, type Matches } from '../api/views/match';
import { buildValueTypeParameter } from '../parameters/filter';
import { findFilterHint } from '../parameters/filterHints';
import { buildOptionsParameter } from '../parameters/options';
import { readViewQuery } from '../parameters/output';
import { isBlankText } from '../parameters/reader';
import { buildColumnParameter, buildViewParameters } from '../parameters/view';
import { withArticle } from '../parameters/wording';
import type { OperationContext, PreparedItem } from './context';
import { groupTasks, type Operation } from './operation';

const ON_MISSING = ['empty', 'skip', 'fail'] as const;

interface Task {
	query: MatchQuery;
	/** Undefined for an item without a value, which is not looked up. */
	value?: unknown;
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
	description: 'The field to put the record that was found in, beside the fields of the input',
};

/** Looks up the values of tasks with equal queries. */
async function executeGroup(
	group: Array<PreparedItem<Task>>,
	context: OperationContext,
): Promise<void> {
	const { client } = context;
	const [{ task: first }] = group;
	let matches: Matches;
	const isMatched = await context.runForAll(group, async () => {
		const values = group.map(({ task }) => task.value).filter((value) => value !== undefined);
		matches = await matchRows(client, first.query, values);
		const filterHint = matches.isEmpty ? findFilterHint(first.query.type, values) : undefined;
		if (filterHint) client.hint(filterHint.text);
	});
	if (!isMatched) return;
	const replaced = group.find(
		({ task }) => task.input && Object.hasOwn(task.input.json, task.field),
	);
	if (replaced) {
		client.hint(
			`The field "${formatValue(replaced.task.field)}" of the input was replaced. To keep it, set 'Put Output in Field' under 'Options' to another name.`,
		);
	}
	for (const { index, task } of group)
		await context.runItem(index, () => ({
			rows: toRows(task, matches),
			binary: task.input?.binary,
		}));
}

/** @throws as `Matches.getRows`, and InvalidInput for an item that has to fail without a record */
function toRows({ query, value, input, field, onMissing }: Task, matches: Matches): IDataObject[] {
	const rows = value === undefined ? [] : matches.getRows(value);
	if (!rows.length && onMissing === 'fail') {
		throw new InvalidInput(
			`No row of the view "${query.view}" has "${formatValue(value ?? '')}" in "${query.column}"`,
			"Check the value and its type, or choose another setting for 'When Nothing Is Found'.",
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
						'Find, for each input item, the record of any view with a given value in one of its columns. Matches many items in one request.',
					action: 'Look up a record in a view',
				}
			: {
					description: `Find, for each input item, the ${resource.name.toLowerCase()} with a given value in one of its columns. Matches many items in one request.`,
					action: `Look up ${withArticle(resource.name)}`,
				},
	parameters: (resources) => [
		...buildViewParameters(resources),
		{
			...buildColumnParameter('lookUpColumn', 'The column to find the value in.'),
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
			description:
				'The value to find in the column. Items with the same value share one look-up; without a value nothing is looked up.',
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
			description:
				'What to return for each item. When several records are found, each makes an item of its own.',
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
		buildOptionsParameter('columns', outputFieldOption, 'pageSize', 'properties', 'unitId'),
	],
	prepare: (item) => {
		const entered = item.readParameter('lookUpValue', '');
		const value = isBlankText(entered) ? undefined : entered;
		const query: MatchQuery = {
			...readViewQuery(item),
			column: parseColumnName(item.readParameter('lookUpColumn', ''), 'Look Up Column Name or ID'),
			type: item.readChoice('lookUpType', 'Value Type', VALUE_TYPES),
		};
		const output = item.readChoice('lookUpOutput', 'Output', ['merge', 'record']);
		if (value !== undefined) toMatchLiteral(query, value, 'The Value to look up');
		return {
			query,
			value,
			input: output === 'merge' ? item.input : undefined,
			field: String(item.readOption('outputField') ?? '').trim() || 'teamogy',
			onMissing: item.readChoice('onMissing', 'When Nothing Is Found', ON_MISSING),
		};
	},
	execute: async (prepared, context) => {
		for (const group of groupTasks(prepared, ({ query }) => query))
			await executeGroup(group, context);
	},
};
