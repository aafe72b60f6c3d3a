import { formatValue } from '../../api/common/formatValue';
import { InvalidInput } from '../../api/common/invalidInput';
import { getOrCreate } from '../../api/common/maps';
import type { Difference, Spelling } from '../../api/matching/spellings';
import { toRecordId } from '../../api/record';
import type { ItemMatches, MatchableTask } from '../itemMatches';
import { findSingleId, type MatchColumn } from './singleId';

/** What is known of a record that this run or an earlier try has created, or may have created. */
interface CreationResult {
	/** Undefined where Teamogy's response had none. */
	id?: string;
	/** The error where the record may have been saved. */
	maybeSavedError?: unknown;
	/** Whether the view has shown the record for its own value. */
	isShown?: boolean;
}

/** A record that was created, or may have been created, for the value of a task. */
interface CreatedRecord<Task extends MatchableTask> extends Spelling, CreationResult {
	/** The match that found no record for the task. Tasks with another filter have another one. */
	matches: ItemMatches<Task>;
	task: Task;
}

/** A record that may be the record of a value, and in what the value it was created for differs from that value. */
interface Candidate<Task extends MatchableTask> {
	record: CreatedRecord<Task>;
	difference: Difference;
}

/** The records that were created for values of one view, unit and column, whatever the filters. */
export class CreatedRecords<Task extends MatchableTask> {
	/** By the loose key, then by the match and the key: the last record of each. */
	private readonly records = new Map<
		string,
		Map<ItemMatches<Task>, Map<string, CreatedRecord<Task>>>
	>();

	constructor(private readonly matchColumn: MatchColumn) {}

	/** Adds the record of a task. */
	add(task: Task, matches: ItemMatches<Task>, result: CreationResult): void {
		const record = { ...matches.toSpelling(task), ...result, matches, task };
		const sameValue = getOrCreate(this.records, record.looseKey, () => new Map());
		getOrCreate(sameValue, matches, () => new Map()).set(record.key, record);
	}

	/**
	 * The ID of the record that was created for the value of a task. The record of another spelling, or of a task with
	 * another filter, is the record of this value if Teamogy finds it for this value and filter now.
	 *
	 * @throws the error of a record that may have been saved; InvalidInput where the view does not show a new record
	 */
	async findId(task: Task, matches: ItemMatches<Task>): Promise<string | undefined> {
		const candidates = this.listCandidates(task, matches);
		const certain = candidates
			.filter(
				({ record, difference }) =>
					record.matches === matches && matches.areEqual(task, difference),
			)
			.map(({ record }) => record);
		if (certain[0]?.maybeSavedError) throw certain[0].maybeSavedError;
		const own = certain.find(({ id }) => id) ?? certain[0];
		if (own?.id || !candidates.length) return own?.id;
		// Before the value: a record that came into the view in between would seem to be another value's.
		for (const { record } of candidates) if (record !== own) await this.checkShown(record);
		const id = findSingleId(this.matchColumn, task.value, await matches.findRowsAgain(task));
		if (!id) {
			this.assertDifferent(task, matches, candidates);
			return undefined;
		}
		const found = candidates.find(({ record }) => record.id === id);
		if (found) matches.noteComparison(task, found.difference, true);
		if (own) own.id = id;
		return id;
	}

	/** The records of all spellings that may equal the value, as far as is known, the nearest first. */
	private listCandidates(task: Task, matches: ItemMatches<Task>): Array<Candidate<Task>> {
		const { looseKey } = matches.toSpelling(task);
		return [...(this.records.get(looseKey)?.values() ?? [])]
			.flatMap((sameMatch) => [...sameMatch.values()])
			.map((record) => ({ record, difference: matches.getDifference(task, record.key) }))
			.filter(({ difference }) => matches.areEqual(task, difference) !== false)
			.sort((a, b) => a.difference.size - b.difference.size);
	}

	/** Finds out whether the view shows a record for its own value. Until then it cannot show it for another one. */
	private async checkShown(record: CreatedRecord<Task>): Promise<void> {
		if (record.isShown || record.maybeSavedError) return;
		const rows = await record.matches.findRowsAgain(record.task);
		record.isShown = rows.length > 0;
		if (rows.length === 1) record.id ??= toRecordId(rows[0].id);
	}

	/**
	 * Notes that the candidates have other values, since Teamogy finds none of them for this one.
	 *
	 * @throws the error of a candidate that may have been saved; InvalidInput where the view does not show one yet
	 */
	private assertDifferent(
		task: Task,
		matches: ItemMatches<Task>,
		candidates: Array<Candidate<Task>>,
	): void {
		for (const { record, difference } of candidates) {
			const isOwnQuery = record.matches === matches;
			if (record.maybeSavedError)
				throw isOwnQuery ? record.maybeSavedError : this.maybeSavedElsewhereError(record);
			if (!record.isShown) throw this.notShownError(record);
			// A record with another filter may be left out because of the filter.
			if (isOwnQuery) matches.noteComparison(task, difference, false);
		}
	}

	private maybeSavedElsewhereError({ task }: CreatedRecord<Task>): InvalidInput {
		return new InvalidInput(
			`The record of another item with "${formatValue(task.value)}" in "${this.matchColumn.column}" may have been saved`,
			'It may be the record of this item too, so nothing was sent. Look the record up in Teamogy before you run the workflow again.',
		);
	}

	private notShownError({ task }: CreatedRecord<Task>): InvalidInput {
		const { column, view } = this.matchColumn;
		return new InvalidInput(
			`The new record for "${formatValue(task.value)}" in "${column}" is not in the view "${view}" yet`,
			'No second record was created. Update the new record when the view shows it.',
		);
	}
}
