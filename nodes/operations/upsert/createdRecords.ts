import { getDistance, toLooseText, type Distance } from '../../api/views/spellings';

/** A record that this run has created, or why that is in doubt; its ID where Teamogy told it. */
export type CreatedRecord = { id?: string } | { doubt: unknown };

/** A record created for another spelling of a value. */
interface SpelledRecord {
	record: CreatedRecord;
	distance: Distance;
}

/** The records of one view and column that this run has created, by the values they are matched by. */
export class CreatedRecords {
	/** By the loose key, then by the key. */
	private readonly records = new Map<string, Map<string, CreatedRecord>>();

	add(key: string, record: CreatedRecord): void {
		const loose = toLooseText(key);
		const spelled = this.records.get(loose) ?? new Map<string, CreatedRecord>();
		this.records.set(loose, spelled.set(key, record));
	}

	get(key: string): CreatedRecord | undefined {
		return this.records.get(toLooseText(key))?.get(key);
	}

	/** Those created for other spellings, the nearest first. */
	findOtherSpellings(key: string): SpelledRecord[] {
		return [...(this.records.get(toLooseText(key)) ?? [])]
			.filter(([other]) => other !== key)
			.map(([other, record]) => ({ record, distance: getDistance(key, other) }))
			.sort((one, other) => one.distance - other.distance);
	}
}
