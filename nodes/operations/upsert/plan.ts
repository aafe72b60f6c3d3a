import type { IDataObject } from 'n8n-workflow';

import { toMatchLiteral, type MatchQuery, isRefusal } from '../../api/views/matchBatches';
import { PROPERTIES_PREFIX } from '../../api/views/columns';
import { InvalidInput, TeamogyError } from '../../api/transport/errors';
import type { ValueType } from '../../api/views/filter';
import { formatValue } from '../../api/formatValue';
import { matchRows, type Matches } from '../../api/views/match';
import { extractId, parseRecordId } from '../../api/record';
import { toLooseText, toKey } from '../../api/views/spellings';
import type { Row, ViewQuery } from '../../api/views/view';
import { withRecordEvent } from '../../n8n/recordEvent';
import { isBlankText } from '../../parameters/reader';
import type { PreparedItem, OperationContext, Saved } from '../operation';
import { createAndReturn, updateAndReturn, type WriteTarget } from '../saveRecord';
import { jsType, type ColumnTypes } from './columnType';
import { CreatedRecords, type CreatedRecord } from './createdRecords';

export interface UpsertTask extends WriteTarget {
	query: ViewQuery;
	column: string;
	value: unknown;
	body: IDataObject;
	/**
	 * The body if the record is new.
	 *
	 * @throws InvalidInput when it cannot be one
	 */
	newBody: () => IDataObject;
	name: string;
}

type WriteItem = (saved: Saved) => Promise<IDataObject[]>;

const MAX_IDS_LISTED = 20;

/** How the items of one view and column are written. */
export class UpsertPlan {
	private readonly query: ViewQuery;

	private readonly column: string;

	/** The type of the column; each value's own where nothing tells it. */
	private columnType?: ValueType;

	/** What was found, by the type the values are compared as. */
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

	/** Matches the items and checks all that can be known before; gives for each that can be written how. */
	async prepare(): Promise<Map<number, WriteItem>> {
		const { context, query, column } = this;
		const writes = new Map<number, WriteItem>();
		const open = this.group.filter(({ index }) => !context.previousWrite(index));
		if (!open.length) return writes;
		const isTyped = await context.runForAll(open, async () => {
			this.columnType = await this.columnTypes.detect(query, column);
		});
		if (!isTyped) return writes;
		const matchable = await this.findMatchable(open);
		const isMatched = await context.runForAll(matchable, async () => await this.match(matchable));
		if (!isMatched) return writes;
		const planned = this.takeOverPreviousWrites();
		for (const { index, task } of matchable) {
			await context.runItem(index, async () => {
				const id = this.findSingleId(await this.getRows(task), task);
				const loose = toLooseText(this.toKey(task));
				// The first of a new value makes the record; those after it change that, or so may other spellings.
				if (!id && !planned.has(loose)) task.newBody();
				planned.add(loose);
				writes.set(index, async (saved) => await this.write(task, id, saved));
				return [];
			});
		}
		return writes;
	}

	/** What a try before this one has written; gives the loose keys of it. */
	private takeOverPreviousWrites(): Set<string> {
		const loose = new Set<string>();
		for (const { index, task } of this.group) {
			const before = this.context.previousWrite(index);
			if (!before) continue;
			const key = this.toKey(task);
			loose.add(toLooseText(key));
			this.created.add(
				key,
				'error' in before ? { doubt: before.error } : { id: extractId(before.rows[0]) },
			);
		}
		return loose;
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

	/** Those whose value can be asked for; the others fail. */
	private async findMatchable(
		items: Array<PreparedItem<UpsertTask>>,
	): Promise<Array<PreparedItem<UpsertTask>>> {
		const matchable: typeof items = [];
		for (const item of items) {
			await this.context.runItem(item.index, async () => {
				await this.checkValue(item.task);
				matchable.push(item);
				return [];
			});
		}
		return matchable;
	}

	private async checkValue(task: UpsertTask): Promise<void> {
		const { column } = this;
		const type = this.getType(task);
		const where = `The value of "${column}" to match by`;
		const check = async () => toMatchLiteral(this.toMatchQuery(task), task.value, where);
		await check().catch((error) => {
			const isOfType =
				type === 'string' || (type === 'number' && !Number.isNaN(Number(task.value)));
			if (!(error instanceof InvalidInput) || isOfType) throw error;
			// The operation has no choice of a type: the column tells it.
			throw new InvalidInput(
				error.message,
				`The records in Teamogy have a ${type} in "${column}". Give one too, or match by another column.`,
			);
		});
	}

	private async match(items: Array<PreparedItem<UpsertTask>>): Promise<void> {
		for (const type of new Set(items.map(({ task }) => this.getType(task)))) {
			const tasks = items.map(({ task }) => task).filter((task) => this.getType(task) === type);
			const values = tasks.map(({ value }) => value);
			const found = await matchRows(this.context.client, this.toMatchQuery(tasks[0]), values);
			this.matches.set(type, found);
		}
	}

	private async getRows(task: UpsertTask): Promise<Row[]> {
		const find = async () => this.matches.get(this.getType(task))!.getRows(task.value);
		return await find().catch(async (error) => {
			if (!isRefusal(error)) throw error;
			throw (await this.columnTypes.explainRefusal(this.query, this.column)) ?? error;
		});
	}

	/** The one record of the rows found for a value, if there is any. */
	private findSingleId(rows: Row[], { value }: UpsertTask): string | undefined {
		const { column } = this;
		const ids = [
			...new Set(rows.map(({ id }) => id).filter((id) => id !== undefined && id !== null)),
		];
		if (rows.length && !ids.length) {
			throw new InvalidInput(
				`The view "${this.query.view}" gives no ID with its rows`,
				'Update the record with the operation Update instead.',
			);
		}
		if (ids.length > 1) {
			const listed = ids.slice(0, MAX_IDS_LISTED).map(formatValue).join(', ');
			throw new InvalidInput(
				`${ids.length} records have "${formatValue(value)}" in "${column}": ${listed}${ids.length > MAX_IDS_LISTED ? ' …' : ''}`,
				'Match by a column that is different for every record, narrow the match with filters, or update the right one by its ID.',
			);
		}
		return ids.length ? parseRecordId(ids[0], 'The ID of the record found') : undefined;
	}

	private async write(
		task: UpsertTask,
		found: string | undefined,
		saved: Saved,
	): Promise<IDataObject[]> {
		const id = found ?? (await this.findCreated(task));
		if (!id) return await this.create(task, saved);
		if (!found) this.created.add(this.toKey(task), { id });
		const request = { ...task.request, what: `${task.name} ${id}` };
		const rows = await updateAndReturn(
			this.context,
			{ ...task, request },
			{ id },
			task.body,
			(known) => saved(withRecordEvent(known, 'updated')),
		);
		return rows.map((row) => withRecordEvent(row, 'updated'));
	}

	private async create(task: UpsertTask, saved: Saved): Promise<IDataObject[]> {
		const { context, column } = this;
		const key = this.toKey(task);
		const body = task.newBody();
		const rows = await createAndReturn(context, task, body, (known) => {
			this.created.add(key, { id: extractId(known) });
			saved(withRecordEvent(known, 'created'));
		}).catch((error) => {
			if (error instanceof TeamogyError && error.maybeSaved)
				this.created.add(key, { doubt: error });
			throw error;
		});
		if (column === 'id') context.client.hint(NEW_IDS);
		else if (!containsColumn(body, column)) context.client.hint(withoutMatchValue(column));
		return rows.map((row) => withRecordEvent(row, 'created'));
	}

	/** The ID of the record that this run has created for the value, or for another spelling of it. */
	private async findCreated(task: UpsertTask): Promise<string | undefined> {
		const key = this.toKey(task);
		const own = this.created.get(key);
		if (own) return await this.identify(own, task);
		const comparison = this.matches.get(this.getType(task))!.getComparison(toLooseText(key));
		const spelled = this.created.findOtherSpellings(key);
		const same = spelled.find(({ distance }) => comparison.areEqual(distance));
		if (same) return await this.identify(same.record, task);
		const open = spelled.filter(({ distance }) => comparison.areEqual(distance) === undefined);
		if (!open.length) return undefined;
		const id = await this.matchAgain(task);
		if (id) {
			const held = open.find(({ record }) => 'id' in record && record.id === id) ?? open[0];
			comparison.learn(held.distance, true);
			return id;
		}
		for (const { record, distance } of open) {
			if ('doubt' in record) throw record.doubt;
			if (!record.id) throw this.notShownYet(task);
			// The view shows what was created for that spelling, and not for this one.
			comparison.learn(distance, false);
		}
		return undefined;
	}

	private async identify(record: CreatedRecord, task: UpsertTask): Promise<string> {
		if ('doubt' in record) throw record.doubt;
		const id = record.id ?? (await this.matchAgain(task));
		if (id) return id;
		throw this.notShownYet(task);
	}

	private async matchAgain(task: UpsertTask): Promise<string | undefined> {
		const found = await matchRows(this.context.client, this.toMatchQuery(task), [task.value]);
		return this.findSingleId(found.getRows(task.value), task);
	}

	private notShownYet({ value }: UpsertTask): InvalidInput {
		return new InvalidInput(
			`The record just made for "${formatValue(value)}" in "${this.column}" is not in the view "${this.query.view}" yet`,
			'It was not made a second time. Update it when the view shows it.',
		);
	}
}

const NEW_IDS =
	'No record had these IDs, so new ones were created with IDs assigned by Teamogy. The next run would create them again. Match by a column whose values you set, e.g. number or name.';

const withoutMatchValue = (column: string): string =>
	`New records were made without a value in "${column}", the column they are matched by: unless Teamogy fills it with that value, the next run makes them again. Give the value as a field of the record too.`;

/**
 * Whether a new record has a value for a column it is matched by. A view may show as a column what
 * the record has further inside, as `registration` or a document's `name`.
 */
function containsColumn(body: IDataObject, column: string): boolean {
	const within = column.startsWith(PROPERTIES_PREFIX);
	const name = within ? column.slice(PROPERTIES_PREFIX.length) : column;
	const holds = (fields: unknown): boolean =>
		typeof fields === 'object' &&
		fields !== null &&
		Object.entries(fields).some(
			([key, value]) =>
				((key === name || key === `${PROPERTIES_PREFIX}${name}`) && !isBlankText(value)) ||
				holds(value),
		);
	return holds(within ? body.properties : body);
}
