import { getOrCreate } from '../../api/common/maps';
import {
	getDistance,
	toLooseKey,
	type Distance,
	type SpellingComparison,
} from '../../api/views/spellings';

/** A record that this run or an earlier try has created for a task; `doubt` where it may have been saved. */
type CreatedRecord<Task> = ({ id?: string } | { doubt: unknown }) & { task: Task };

/** A created record, and how far the value it was created for is from another value. */
export type NearRecord<Task> = CreatedRecord<Task> & { distance: Distance };

/**
 * The ID of a created record; undefined where Teamogy's response had none.
 *
 * @throws the doubt about a record that may have been saved
 */
export function getCreatedId(record: CreatedRecord<unknown>): string | undefined {
	if ('doubt' in record) throw record.doubt;
	return record.id;
}

/** The last record that was created for a value of a view and column, by the loose key, whatever the filter. */
export type CreatedAnywhere = Map<string, CreatedRecord<unknown>>;

/** The records of one query that were created, by the keys of the values they match. */
export class CreatedRecords<Task> {
	/** By the loose key, then by the key. */
	private readonly records = new Map<string, Map<string, CreatedRecord<Task>>>();

	constructor(private readonly createdAnywhere: CreatedAnywhere) {}

	add(key: string, record: CreatedRecord<Task>): void {
		getOrCreate(this.records, toLooseKey(key), () => new Map()).set(key, record);
		this.createdAnywhere.set(toLooseKey(key), record);
	}

	/** Finds a record that only items with another filter created, for the value or another spelling of it. */
	findElsewhere(key: string): CreatedRecord<unknown> | undefined {
		return this.hasSpelling(key) ? undefined : this.createdAnywhere.get(toLooseKey(key));
	}

	/** Whether a record was created for the value or for another spelling of it. */
	hasSpelling(key: string): boolean {
		return this.records.has(toLooseKey(key));
	}

	/** Finds the record that was created for a value, or for another spelling that the server treats as equal. */
	find(key: string, comparison: SpellingComparison): NearRecord<Task> | undefined {
		return this.listSpellings(key).find(({ distance }) => comparison.areEqual(distance));
	}

	/** Lists the records of other spellings of a value that the server may treat as equal. */
	listUndecided(key: string, comparison: SpellingComparison): Array<NearRecord<Task>> {
		return this.listSpellings(key).filter(
			({ distance }) => comparison.areEqual(distance) === undefined,
		);
	}

	/** Lists the records of all spellings of a value, the nearest first. */
	private listSpellings(key: string): Array<NearRecord<Task>> {
		return [...(this.records.get(toLooseKey(key)) ?? [])]
			.map(([other, record]) => ({ ...record, distance: getDistance(key, other) }))
			.sort((a, b) => a.distance - b.distance);
	}
}
