import { getOrCreate } from '../../api/common/maps';
import { getDistance, type Distance, type Spelling } from '../../api/matching/spellings';
import type { ItemMatches, MatchableTask } from '../itemMatches';

/** A record that this run or an earlier try has created, or may have created, for the value of a task. */
export interface CreatedRecord<Task extends MatchableTask> extends Spelling {
	/** The match that found no record for the task. Tasks with another filter have another one. */
	matches: ItemMatches<Task>;
	task: Task;
	/** Undefined where Teamogy's response had none. */
	id?: string;
	/** The error where the record may have been saved. */
	maybeSavedError?: unknown;
	/** Whether the view has shown the record for its own value. */
	isShown?: boolean;
}

/** A created record, and how far the value it was created for is from another value. */
export interface NearRecord<Task extends MatchableTask> {
	record: CreatedRecord<Task>;
	distance: Distance;
}

/** The records that were created for values of one view, unit and column, whatever the filters. */
export class CreatedRecords<Task extends MatchableTask> {
	/** By the loose key, then by the match and the key: the last record of each. */
	private readonly records = new Map<
		string,
		Map<ItemMatches<Task>, Map<string, CreatedRecord<Task>>>
	>();

	add(record: CreatedRecord<Task>): void {
		const sameValue = getOrCreate(this.records, record.looseKey, () => new Map());
		getOrCreate(sameValue, record.matches, () => new Map()).set(record.key, record);
	}

	/** Lists the records of all spellings of a value, the nearest first. */
	list({ key, looseKey }: Spelling): Array<NearRecord<Task>> {
		return [...(this.records.get(looseKey)?.values() ?? [])]
			.flatMap((sameMatch) => [...sameMatch.values()])
			.map((record) => ({ record, distance: getDistance(key, record.key) }))
			.sort((a, b) => a.distance - b.distance);
	}
}
