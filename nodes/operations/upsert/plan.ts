import type { IDataObject } from 'n8n-workflow';

import { toMatchLiteral, type MatchQuery, isRefusal } from '../../api/views/matchBatches';
import { PROPERTIES_PREFIX } from '../../api/views/columns';
import { InvalidInput, TeamogyError } from '../../api/transport/errors';
import type { ValueType } from '../../api/views/filter';
import { formatValue } from '../../api/formatValue';
import { matchRows, type Matches } from '../../api/views/match';
import { extractId, parseRecordId } from '../../api/record';
import { toLooseText, toKey } from '../../api/views/spellings';
import type { ViewQuery } from '../../api/views/view';
import { withRecordEvent } from '../../n8n/recordEvent';
import { isBlankText } from '../../parameters/reader';
import type { SavedCallback } from '../completedWrites';
import type { OperationContext, PreparedItem } from '../context';
import { saveAndReturn, type WriteTarget } from '../saveRecord';
import { jsType, type ColumnTypes } from './columnType';
import { CreatedRecords } from './createdRecords';

export interface UpsertTask extends WriteTarget {
	query: ViewQuery;
	column: string;
	value: unknown;
	body: IDataObject;
	/** Gives the body of a new record. Throws InvalidInput where required fields are missing. */
	buildNewBody: () => IDataObject;
	/** What the record is, in messages, e.g. `company`. */
	name: string;
}

export type WriteItem = (saved: SavedCallback) => Promise<IDataObject[]>;

const MAX_IDS_LISTED = 20;

/** The plan for the items of one view and column: which record each item updates or creates. */
export class UpsertPlan {
	private readonly query: ViewQuery;

	private readonly column: string;

	/** The type of the column; undefined where each value has its own type. */
	private columnType?: ValueType;

	/** The rows found, by the type that the values are compared as. */
	private readonly matches = new Map<ValueType, Matches>();

	private readonly created = new CreatedRecords();

	constructor(
		private readonly context: OperationContext,
		private readonly columnTypes: ColumnTypes,
		private readonly group: Array<PreparedItem<UpsertTask>>,
	) {
		const [{ task }] = group;
		this.query = { ...task.query, columns: ['id'] };
		this.column = task.column;
	}

	/** Matches the items and checks them before the first write. Gives the writes of the items that are right. */
	async prepare(): Promise<Map<UpsertTask, WriteItem>> {
		const { context } = this;
		const writes = new Map<UpsertTask, WriteItem>();
		const open = this.group.filter(({ index }) => !context.writes.get(index));
		if (!open.length) return writes;
		const isTyped = await context.runForAll(open, async () => {
			this.columnType = await this.columnTypes.detect(this.query, this.column);
		});
		if (!isTyped) return writes;
		const matchable: typeof open = [];
		for (const item of open) {
			await context.runItem(item.index, async () => {
				await this.checkValue(item.task);
				matchable.push(item);
				return [];
			});
		}
		const isMatched = await context.runForAll(matchable, async () => await this.match(matchable));
		if (!isMatched) return writes;
		this.takeOverPreviousWrites();
		/** The loose keys of the values that get a record in this run. */
		const planned = new Set<string>();
		for (const { index, task } of matchable) {
			await context.runItem(index, async () => {
				const id = await this.findId(task);
				const key = this.toKey(task);
				const looseKey = toLooseText(key);
				// The first item of a new value creates the record. Items of the same or a like value may update it.
				if (!id && !planned.has(looseKey) && !this.created.hasSpelling(key)) task.buildNewBody();
				planned.add(looseKey);
				writes.set(task, async (saved) => await this.write(task, id, saved));
				return [];
			});
		}
		return writes;
	}

	/** Takes over the records that an earlier try has written. */
	private takeOverPreviousWrites(): void {
		for (const { index, task } of this.group) {
			const write = this.context.writes.get(index);
			if (!write) continue;
			const record = 'error' in write ? { doubt: write.error } : { id: extractId(write.rows[0]) };
			this.created.add(this.toKey(task), record);
		}
	}

	private getType({ value }: UpsertTask): ValueType {
		return this.columnType ?? jsType(value);
	}

	private toKey(task: UpsertTask): string {
		return toKey(task.value, this.getType(task));
	}

	private toMatchQuery(task: UpsertTask): MatchQuery {
		return { ...this.query, column: this.column, type: this.getType(task) };
	}

	/** @throws InvalidInput for a value that is not of the type of the column */
	private async checkValue(task: UpsertTask): Promise<void> {
		const { column } = this;
		const type = this.getType(task);
		const where = `The value of "${column}" to match by`;
		const check = async () => toMatchLiteral(this.toMatchQuery(task), task.value, where);
		await check().catch((error) => {
			const isOfType =
				type === 'string' || (type === 'number' && !Number.isNaN(Number(task.value)));
			if (!(error instanceof InvalidInput) || isOfType) throw error;
			// The hint of the error names a choice of types, which this operation does not have.
			throw new InvalidInput(
				error.message,
				`The records in Teamogy have a ${type} in "${column}". Give one too, or match by another column.`,
			);
		});
	}

	private async match(items: Array<PreparedItem<UpsertTask>>): Promise<void> {
		const tasks = items.map(({ task }) => task);
		for (const type of new Set(tasks.map((task) => this.getType(task)))) {
			const sameType = tasks.filter((task) => this.getType(task) === type);
			const values = sameType.map(({ value }) => value);
			const query = this.toMatchQuery(sameType[0]);
			this.matches.set(type, await matchRows(this.context.client, query, values));
		}
	}

	/** The ID of the record with the value, undefined without one. Throws InvalidInput for several records. */
	private async findId(task: UpsertTask): Promise<string | undefined> {
		const find = async () => this.toSingleId(task, this.getMatches(task));
		return await find().catch(async (error) => {
			if (!isRefusal(error)) throw error;
			throw (await this.columnTypes.explainRefusal(this.query, this.column)) ?? error;
		});
	}

	private getMatches(task: UpsertTask): Matches {
		return this.matches.get(this.getType(task))!;
	}

	private toSingleId({ value }: UpsertTask, matches: Matches): string | undefined {
		const rows = matches.getRows(value);
		const ids = [
			...new Set(rows.map(({ id }) => id).filter((id) => id !== undefined && id !== null)),
		];
		if (rows.length && !ids.length) {
			throw new InvalidInput(
				`The view "${this.query.view}" returns rows without an ID`,
				'Update the record with the operation Update instead.',
			);
		}
		if (ids.length > 1) {
			const listed = ids.slice(0, MAX_IDS_LISTED).map(formatValue).join(', ');
			throw new InvalidInput(
				`${ids.length} records have "${formatValue(value)}" in "${this.column}": ${listed}${ids.length > MAX_IDS_LISTED ? ' …' : ''}`,
				'Match by a column that is different for every record, narrow the match with filters, or update the right one by its ID.',
			);
		}
		return ids.length ? parseRecordId(ids[0], 'The ID of the record found') : undefined;
	}

	private async write(
		task: UpsertTask,
		found: string | undefined,
		saved: SavedCallback,
	): Promise<IDataObject[]> {
		const id = found ?? (await this.findCreated(task));
		if (!id) return await this.create(task, saved);
		if (!found) this.created.add(this.toKey(task), { id });
		const target = { ...task, request: { ...task.request, subject: `${task.name} ${id}` } };
		const setSaved: SavedCallback = (row) => saved(withRecordEvent(row, 'updated'));
		const rows = await saveAndReturn(this.context, target, task.body, setSaved, { id });
		return rows.map((row) => withRecordEvent(row, 'updated'));
	}

	/** The ID of the record that this run or an earlier try has created for the value. */
	private async findCreated(task: UpsertTask): Promise<string | undefined> {
		const { client } = this.context;
		const key = this.toKey(task);
		return await this.created.findId(
			key,
			this.getMatches(task).getComparison(toLooseText(key)),
			async () =>
				this.toSingleId(task, await matchRows(client, this.toMatchQuery(task), [task.value])),
			() =>
				new InvalidInput(
					`The new record for "${formatValue(task.value)}" in "${this.column}" is not in the view "${this.query.view}" yet`,
					'No second record was created. Update the new record when the view shows it.',
				),
		);
	}

	private async create(task: UpsertTask, saved: SavedCallback): Promise<IDataObject[]> {
		const { context, column } = this;
		const key = this.toKey(task);
		const body = task.buildNewBody();
		const rows = await saveAndReturn(context, task, body, (row) => {
			this.created.add(key, { id: extractId(row) });
			saved(withRecordEvent(row, 'created'));
		}).catch((error) => {
			if (error instanceof TeamogyError && error.maybeSaved)
				this.created.add(key, { doubt: error });
			throw error;
		});
		if (column === 'id') context.client.hint(NEW_IDS);
		else if (!containsColumn(body, column)) context.client.hint(withoutMatchValue(column));
		return rows.map((row) => withRecordEvent(row, 'created'));
	}
}

const NEW_IDS =
	'No record had these IDs, so new ones were created with IDs assigned by Teamogy. The next run would create them again. Match by a column whose values you set, e.g. number or name.';

const withoutMatchValue = (column: string): string =>
	`New records were created without a value in "${column}", the column to match by. Unless Teamogy fills the column with that value, the next run creates the records again. Give the value as a field of the record too.`;

/**
 * Whether a new record has a value for a column. A view may show as a column a field at any depth of the
 * record, as `registration` or the `name` of a document.
 */
function containsColumn(body: IDataObject, column: string): boolean {
	const isProperty = column.startsWith(PROPERTIES_PREFIX);
	const name = isProperty ? column.slice(PROPERTIES_PREFIX.length) : column;
	const names = [name, `${PROPERTIES_PREFIX}${name}`];
	const contains = (fields: unknown): boolean =>
		typeof fields === 'object' &&
		fields !== null &&
		Object.entries(fields).some(
			([key, value]) => (names.includes(key) && !isBlankText(value)) || contains(value),
		);
	return contains(isProperty ? body.properties : body);
}
