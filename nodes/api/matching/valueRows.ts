import type { Row } from '../views/row';
import { isWithin, SpellingComparison, type Difference, type Spelling } from './spellings';

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
	 * @param requested the spellings that the request asked for. The server treats one of them as equal to the key
	 */
	add(key: string, rows: Row[], requested: Spelling[]): void {
		if (!this.rowsByKey.has(key)) this.rowsByKey.set(key, rows);
		const differences = requested.map((one) => this.comparison.getDifference(one.key, key));
		// Which of them is not told, unless its differences are those of all others too.
		const common = differences.find((one) => differences.every((other) => isWithin(one, other)));
		if (common !== undefined) this.comparison.noteEqual(common);
	}

	/** The rows of a spelling. */
	get(key: string): Row[] {
		const { comparison } = this;
		const isEqual = (other: string) => comparison.areEqual(comparison.getDifference(key, other));
		return (
			this.rowsByKey.get(key) ??
			[...this.rowsByKey].flatMap(([other, rows]) => (isEqual(other) ? rows : []))
		);
	}

	/** In what a spelling differs from the nearest rows of which it is unknown whether they belong to it. */
	findUndecided(key: string): Difference | undefined {
		if (this.rowsByKey.has(key)) return undefined;
		const { comparison } = this;
		return [...this.rowsByKey.keys()]
			.map((other) => comparison.getDifference(key, other))
			.filter((difference) => comparison.areEqual(difference) === undefined)
			.sort((a, b) => a.size - b.size)[0];
	}

	/**
	 * Takes note of the response to a request for one spelling alone. The server treats the keys of the response as
	 * equal to the spelling, and the other known keys as different.
	 *
	 * @param received the keys of the rows in the response
	 */
	compare(key: string, received: { has(key: string): boolean }): void {
		for (const other of this.rowsByKey.keys()) {
			const difference = this.comparison.getDifference(key, other);
			if (received.has(other)) this.comparison.noteEqual(difference);
			else this.comparison.noteDifferent(difference);
		}
	}
}
