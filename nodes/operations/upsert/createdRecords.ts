import { getOrCreate } from '../../api/common/getOrCreate';
import {
	getDistance,
	toLooseKey,
	type Distance,
	type SpellingComparison,
} from '../../api/views/spellings';

/** A record that this run or an earlier try has created for a task; `doubt` where it may have been saved. */
export type CreatedRecord<Task> = ({ id?: string } | { doubt: unknown }) & { task: Task };

/** A record that was created for another spelling of a value. */
export interface OtherSpelling<Task> {
	record: CreatedRecord<Task>;
	distance: Distance;
}

/**
 * The ID of a created record; undefined where Teamogy's response had none.
 *
 * @throws the doubt about a record that may have been saved
 */
export function getCreatedId(record: CreatedRecord<unknown>): string | undefined {
	if ('doubt' in record) throw record.doubt;
	return record.id;
}

/** The records of one view and column that were created, by the keys of the values they match. */
export class CreatedRecords<Task> {
	/** By the loose key, then by the key. */
	private readonly records = new Map<string, Map<string, CreatedRecord<Task>>>();

	add(key: string, record: CreatedRecord<Task>): void {
		getOrCreate(this.records, toLooseKey(key), () => new Map()).set(key, record);
	}

	/** Whether a record was created for the value or for another spelling of it. */
	hasSpelling(key: string): boolean {
		return this.records.has(toLooseKey(key));
	}

	/** Finds the record that was created for a value, or for another spelling that the server treats as equal. */
	find(key: string, comparison: SpellingComparison): CreatedRecord<Task> | undefined {
		const own = this.records.get(toLooseKey(key))?.get(key);
		return (
			own ?? this.listOthers(key).find(({ distance }) => comparison.areEqual(distance))?.record
		);
	}

	/** Lists the records of other spellings of a value that the server may treat as equal, the nearest first. */
	listUndecided(key: string, comparison: SpellingComparison): Array<OtherSpelling<Task>> {
		return this.listOthers(key).filter(
			({ distance }) => comparison.areEqual(distance) === undefined,
		);
	}

	private listOthers(key: string): Array<OtherSpelling<Task>> {
		return [...(this.records.get(toLooseKey(key)) ?? [])]
			.filter(([other]) => other !== key)
			.map(([other, record]) => ({ record, distance: getDistance(key, other) }))
			.sort((a, b) => a.distance - b.distance);
	}
}
