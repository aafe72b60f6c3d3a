import type { IDataObject } from 'n8n-workflow';

import { parseColumnName } from '../api/views/names';
import { toMatchLiteral, type MatchQuery } from '../api/views/matchBatches';
import { formatValue } from '../api/formatValue';
import { InvalidInput } from '../api/transport/errors';
import { VALUE_TYPES } from '../api/views/filter';
import { matchRows, type Matches } from '../api/views/match';
import { groupBy } from './group';
import { withArticle } from '../parameters/wording';
import {
	mapWithConcurrency,
	defineOperation,
	type PreparedItem,
	type OperationContext,
} from './operation';
import { buildColumnParameter } from '../parameters/columns';
import { isBlankText } from '../parameters/reader';
import { buildValueTypeParameter } from '../parameters/filter';
import { buildOptionsParameter } from '../parameters/options';
import { buildViewParameters } from '../parameters/view';
import { findFilterHint } from '../parameters/filterHints';

interface Task {
	query: MatchQuery;
	/** Undefined where the item has none: nothing is asked then. */
	value?: unknown;
	/** The input's fields, where the row is added to them, and the field it is put in. */
	input?: IDataObject;
	field: string;
	onMissing: (typeof ON_MISSING)[number];
}

const ON_MISSING = ['empty', 'skip', 'fail'] as const;

async function executeGroup(
	group: Array<PreparedItem<Task>>,
	context: OperationContext,
): Promise<void> {
	const [{ task: first }] = group;
	let matches: Matches;
	const ok = await context.runForAll(group, async () => {
		const asked = group.map(({ task }) => task.value).filter((value) => value !== undefined);
		matches = await matchRows(context.client, first.query, asked);
		const filterHint = matches.isEmpty ? findFilterHint(first.query.type, asked) : undefined;
		if (filterHint) context.client.hint(filterHint.text);
	});
	if (!ok) return;
	const replaced = group.find(({ task }) => task.input && Object.hasOwn(task.input, task.field));
	if (replaced) {
		context.client.hint(
			`The field "${replaced.task.field}" of the input was replaced. To keep it, set 'Put Output in Field' under 'Options' to another name.`,
		);
	}
	await mapWithConcurrency(
		group,
		1,
		async ({ index, task }) =>
			await context.runItem(
				index,
				() => {
					const rows = task.value === undefined ? [] : matches.getRows(task.value);
					if (!rows.length && task.onMissing === 'fail') {
						const { view, column } = task.query;
						throw new InvalidInput(
							`No row of the view "${view}" has "${formatValue(task.value ?? '')}" in "${column}"`,
							"Check the value and its type, or choose another setting for 'When Nothing Is Found'.",
						);
					}
					if (!rows.length && task.onMissing === 'skip') return [];
					const found = rows.length ? rows : [null];
					return found.map((row) =>
						task.input ? { ...task.input, [task.field]: row } : (row ?? { [task.field]: null }),
					);
				},
				task.input !== undefined,
			),
	);
}

/** Look Up: for each item the row of a view whose column equals a value, all items in few requests. */
export const lookUp = defineOperation<Task>({
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
		buildOptionsParameter('columns', 'outputField', 'pageSize', 'properties', 'unitId'),
	],
	prepare: (item) => {
		const given = item.readParameter('lookUpValue', '');
		const value = isBlankText(given) ? undefined : given;
		const query: MatchQuery = {
			...item.viewQuery,
			column: parseColumnName(item.readParameter('lookUpColumn', ''), 'Look Up Column Name or ID'),
			type: item.readChoice('Value Type', item.readParameter('lookUpType', ''), VALUE_TYPES),
		};
		const output = item.readChoice('Output', item.readParameter('lookUpOutput', ''), [
			'merge',
			'record',
		]);
		if (value !== undefined) toMatchLiteral(query, value, 'The Value to look up');
		return {
			query,
			value,
			input: output === 'merge' ? item.input.json : undefined,
			field: String(item.readOption('outputField') ?? '').trim() || 'teamogy',
			onMissing: item.readChoice(
				'When Nothing Is Found',
				item.readParameter('onMissing', ''),
				ON_MISSING,
			),
		};
	},
	execute: async (prepared, context) => {
		for (const group of groupBy(prepared, ({ task }) => [task.query]))
			await executeGroup(group, context);
	},
});
