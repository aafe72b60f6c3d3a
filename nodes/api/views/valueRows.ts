import type { Row } from './row';
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
	 * Adds rows with one key. Rows with one key come together, so those of another batch are the same rows.
	 *
	 * @param requested the spellings that the rows came for: the server treats at least the nearest as equal
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

	/** Whether rows this far from a spelling came, and it is not known whether they belong to it. */
	isUndecided(key: string, distance: Distance): boolean {
		if (this.rowsByKey.has(key) || this.comparison.areEqual(distance) !== undefined) return false;
		return [...this.rowsByKey.keys()].some((other) => getDistance(key, other) === distance);
	}

	/**
	 * Compares what came for a spelling that was asked for without the others with what came before.
	 *
	 * @param received the keys of the rows that came
	 */
	compare(key: string, received: { has(key: string): boolean }): void {
		for (const other of this.rowsByKey.keys()) {
			const distance = getDistance(key, other);
			if (received.has(other)) this.comparison.noteEqual(distance);
			else this.comparison.noteDifferent(distance);
		}
	}
}
