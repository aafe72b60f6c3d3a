import { getOrCreate } from '../../api/common/getOrCreate';
import { getDistance, toLooseKey, type SpellingComparison } from '../../api/views/spellings';

/** A record that this run or an earlier try has created; `doubt` where it may have been saved. */
export type CreatedRecord = { id?: string } | { doubt: unknown };

/** Matches a value again, after records were created; gives the ID of its record. */
type MatchAgain = () => Promise<string | undefined>;

/** The records of one view and column that were created, by the keys of the values they match. */
export class CreatedRecords {
	/** By the loose key, then by the key. */
	private readonly records = new Map<string, Map<string, CreatedRecord>>();

	add(key: string, record: CreatedRecord): void {
		getOrCreate(this.records, toLooseKey(key), () => new Map()).set(key, record);
	}

	/** Whether a record was created for the value or for another spelling of it. */
	hasSpelling(key: string): boolean {
		return this.records.has(toLooseKey(key));
	}

	/**
	 * Finds the record that was created for a value, or for another spelling that the server holds for equal.
	 * Where the server has not shown that yet, the value is matched again.
	 *
	 * @param comparison what is known of how the server compares the spellings of the value
	 * @param notShownYet the error for a record without a known ID that the view does not show
	 * @throws the doubt about a record that may have been saved
	 */
	async findId(
		key: string,
		comparison: SpellingComparison,
		matchAgain: MatchAgain,
		notShownYet: () => Error,
	): Promise<string | undefined> {
		const getId = async (record: CreatedRecord): Promise<string> => {
			if ('doubt' in record) throw record.doubt;
			const id = record.id ?? (await matchAgain());
			if (id) return id;
			throw notShownYet();
		};
		const spellings = this.records.get(toLooseKey(key));
		const own = spellings?.get(key);
		if (own) return await getId(own);
		const others = [...(spellings ?? [])]
			.map(([other, record]) => ({ record, distance: getDistance(key, other) }))
			.sort((a, b) => a.distance - b.distance);
		const equal = others.find(({ distance }) => comparison.areEqual(distance));
		if (equal) return await getId(equal.record);
		const undecided = others.filter(({ distance }) => comparison.areEqual(distance) === undefined);
		if (!undecided.length) return undefined;
		const id = await matchAgain();
		if (id) {
			const match = undecided.find(({ record }) => 'id' in record && record.id === id);
			comparison.learn((match ?? undecided[0]).distance, true);
			return id;
		}
		for (const { record, distance } of undecided) {
			if ('doubt' in record) throw record.doubt;
			if (!record.id) throw notShownYet();
			// The view shows the record of the other spelling by now, but not for this value.
			comparison.learn(distance, false);
		}
		return undefined;
	}
}
