import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { formatList, formatValue } from '../api/common/formatValue';
import { getOrCreate } from '../api/common/maps';
import { InvalidInput } from '../api/common/invalidInput';
import { listSelectedColumns } from '../api/views/columns';
import type { ColumnTypes } from '../api/filters/columnTypes';
import { nameColumns } from '../api/filters/missingColumn';
import type { SimilarText } from '../api/matching/match';
import type { ValueType } from '../api/views/literal';
import type { TypedMatchQuery } from '../api/matching/typedMatch';
import type { OperationContext, PreparedItem } from './context';
import { ItemMatches } from './itemMatches';
import { describeNotFound, formatSimilar } from './modelHint';

/** What becomes of an item that nothing is found for; the default first. */
export const ON_MISSING = ['empty', 'skip', 'fail'] as const;
const MAX_MISSING_VALUES_NAMED = 5;
/** Values that similar texts are found for: each takes a tenth of a second at most. */
const MAX_VALUES_COMPARED = 3;

/** A value that nothing was found for, and texts of the column that are spelt much like it. */
export interface MissingValue {
	value: unknown;
	similar: SimilarText[];
}

/** The value that Look Up finds for one item, and what it returns of it. */
export interface LookUpTask {
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

/** Names the value in messages. */
export const VALUE_LABEL = 'The Value to look up';

/** Looks up the values of tasks with equal queries. Gives the values that nothing was found for. */
export async function lookUpGroup(
	group: Array<PreparedItem<LookUpTask>>,
	columnTypes: ColumnTypes,
	context: OperationContext,
): Promise<MissingValue[]> {
	const hasValue = ({ task }: PreparedItem<LookUpTask>) => task.value !== undefined;
	const { query } = group[0].task;
	const otherColumns = nameColumns(listSelectedColumns(query), 'Output Column Names or IDs');
	const settings = { query, label: VALUE_LABEL, otherColumns };
	const matches = new ItemMatches<LookUpTask>(settings, columnTypes, context);
	await matches.match(group.filter(hasValue));
	const matched = new Set(matches.items);
	const ready = group.filter((item) => matched.has(item) || !hasValue(item));
	hintAtReplacedField(context, ready);
	const missing: MissingValue[] = [];
	for (const { index, task } of ready)
		await context.runItem(index, async () => {
			const isLookedUp = task.value !== undefined;
			const rows = isLookedUp ? await matches.findRows(task) : [];
			const isMissing = isLookedUp && !rows.length;
			const isCompared = isMissing && missing.length < MAX_VALUES_COMPARED;
			const similar = isCompared ? matches.findSimilar(task) : [];
			if (isMissing) missing.push({ value: task.value, similar });
			const items = toItemRows(task, rows);
			const hint = rows.length ? undefined : describeNotFound(task.query, task.value, similar);
			return { rows: items, binary: task.input?.binary, hint };
		});
	return missing;
}

function hintAtReplacedField(
	{ client }: OperationContext,
	items: Array<PreparedItem<LookUpTask>>,
): void {
	const replaced = items.find(
		({ task }) => task.input && Object.hasOwn(task.input.json, task.field),
	);
	if (!replaced) return;
	client.hint(
		`The field "${formatValue(replaced.task.field)}" of the input was replaced. To keep it, set 'Put Output in Field' under 'Options' to another name.`,
	);
}

/** The hint after a look-up that found nothing for some items. */
export const buildMissingHint = (
	missing: MissingValue[],
	items: number,
	ignoresCase: boolean,
): string => {
	const similarTo = new Map<string, SimilarText[]>();
	for (const { value, similar } of missing)
		getOrCreate(similarTo, formatValue(value), () => similar);
	const named = [...similarTo.keys()];
	const listed = formatList(named, MAX_MISSING_VALUES_NAMED, (value) => {
		const similar = formatSimilar(similarTo.get(String(value))!);
		return `"${value}"${similar ? `, similar to ${similar}` : ''}`;
	});
	const advice = named.some((value) => value.includes('{{'))
		? 'The value is the text of an expression: switch the field from Fixed to Expression.'
		: ignoresCase
			? 'Check the values and the column.'
			: "Teamogy may compare text with its case and accents: 'Ignore Case and Accents' under 'Options' ignores both.";
	return `Nothing was found for ${missing.length} of ${items} items: ${listed}. ${advice}`;
};

/** @throws InvalidInput for an item that has to fail without a record */
function toItemRows(
	{ query, value, input, field, onMissing }: LookUpTask,
	rows: IDataObject[],
): IDataObject[] {
	if (!rows.length && onMissing === 'fail') {
		throw new InvalidInput(
			`No record of the view "${query.view}" has "${formatValue(value ?? '')}" in "${query.column}"`,
			"Check the value, or choose another setting for 'When Nothing Is Found'.",
		);
	}
	if (!rows.length && onMissing === 'skip') return [];
	if (input) return (rows.length ? rows : [null]).map((row) => ({ ...input.json, [field]: row }));
	return rows.length ? rows : [{ [field]: null }];
}
