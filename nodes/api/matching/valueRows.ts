import type { Row } from '../views/row';
import { getDistance, SpellingComparison, type Distance, type Spelling } from './spellings';

/**
 * The rows that came for one value, by how they spell it.
 *
 * Rows belong to the spelling they equal. To a spelling that no row equals belong the rows of other spellings
 * that the server treats as equal, as far as its responses have shown.
 */
export class ValueRows {
	readonly comparison = new SpellingComparison();

	private readonly rowsByKey = new Map<string, Row[]>();

	/**
	 * Adds the rows with one key. A response has all rows with a key or none. So rows whose key is known already are
	 * the same rows, and are not added again.
	 *
	 * @param requested the spellings that the request asked for. The server treats the nearest one as equal to the key
	 */
	add(key: string, rows: Row[], requested: Spelling[]): void {
		if (!this.rowsByKey.has(key)) this.rowsByKey.set(key, rows);
		const [nearest] = requested.map((spelling) => getDistance(spelling.key, key)).sort();
		this.comparison.noteEqual(nearest);
	}

	/** The rows of a spelling. */
	get(key: string): Row[] {
		const isEqual = (other: string) => this.comparison.areEqual(getDistance(key, other));
		return (
			this.rowsByKey.get(key) ??
			[...this.rowsByKey].flatMap(([other, rows]) => (isEqual(other) ? rows : []))
		);
	}

	/** Whether there are rows at this distance from a spelling, and it is unknown whether they belong to it. */
	isUndecided(key: string, distance: Distance): boolean {
		if (this.rowsByKey.has(key) || this.comparison.areEqual(distance) !== undefined) return false;
		return [...this.rowsByKey.keys()].some((other) => getDistance(key, other) === distance);
	}

	/**
	 * Takes note of the response to a request for one spelling alone. The server treats the keys of the response as
	 * equal to the spelling, and the other known keys as different.
	 *
	 * @param received the keys of the rows in the response
	 */
	compare(key: string, received: { has(key: string): boolean }): void {
		for (const other of this.rowsByKey.keys()) {
			const distance = getDistance(key, other);
			if (received.has(other)) this.comparison.noteEqual(distance);
			else this.comparison.noteDifferent(distance);
		}
	}
}
