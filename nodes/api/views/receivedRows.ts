import { getOrCreate } from '../common/getOrCreate';
import { getDistance, SpellingComparison, type Distance, type Spelling } from './spellings';
import type { Row } from './row';

/**
 * The rows that came for values, by how they spell the value.
 *
 * Rows belong to the spelling they equal. To a spelling that no row equals belong the rows of other spellings
 * that the server treats as equal, as far as its responses have shown.
 */
export class ReceivedRows {
	/** By the loose key, then by the key. */
	private readonly rows = new Map<string, Map<string, Row[]>>();

	/** In which order the rows came. */
	private readonly order = new Map<Row, number>();

	/** How the server compares the spellings of a value, by their loose key. */
	private readonly comparisons = new Map<string, SpellingComparison>();

	/** Notes the order in which rows came, before they are added. */
	noteOrder(rows: Row[]): void {
		for (const row of rows) this.order.set(row, this.order.size);
	}

	/**
	 * Adds rows with one key. Rows with one key come together, so those of another batch are the same rows.
	 *
	 * @param requested the spellings of the value that the rows came for: the server treats at least the nearest as equal
	 */
	add({ key, looseKey }: Spelling, rows: Row[], requested: Spelling[]): void {
		const spellings = getOrCreate(this.rows, looseKey, () => new Map<string, Row[]>());
		if (!spellings.has(key)) spellings.set(key, rows);
		const [nearest] = requested.map((spelling) => getDistance(spelling.key, key)).sort();
		this.getComparison(looseKey).noteEqual(nearest);
	}

	/** The rows of a spelling, in the order in which they came. */
	get({ key, looseKey }: Spelling): Row[] {
		const spellings = this.rows.get(looseKey);
		const own = spellings?.get(key);
		if (own) return own;
		const comparison = this.getComparison(looseKey);
		return [...(spellings ?? [])]
			.flatMap(([other, rows]) => (comparison.areEqual(getDistance(key, other)) ? rows : []))
			.sort((a, b) => this.order.get(a)! - this.order.get(b)!);
	}

	/** What is known of which spellings of a value are equal. */
	getComparison(looseKey: string): SpellingComparison {
		return getOrCreate(this.comparisons, looseKey, () => new SpellingComparison());
	}

	/**
	 * Groups the spellings that rows of other spellings may belong to: a group for each loose key, those nearest
	 * to the rows first.
	 */
	findUndecided<One extends Spelling>(wanted: One[]): One[][] {
		const undecided = new Map<string, Set<One>>();
		for (const distance of [1, 2] as const)
			for (const one of wanted)
				if (this.isUndecided(one, distance))
					getOrCreate(undecided, one.looseKey, () => new Set<One>()).add(one);
		return [...undecided.values()].map((group) => [...group]);
	}

	/**
	 * Compares what came for a spelling that was asked for without the others with what came before.
	 *
	 * @param received the keys of the rows that came
	 */
	compareSpelling({ key, looseKey }: Spelling, received: { has(key: string): boolean }): void {
		const comparison = this.getComparison(looseKey);
		for (const other of this.rows.get(looseKey)?.keys() ?? []) {
			const distance = getDistance(key, other);
			if (received.has(other)) comparison.noteEqual(distance);
			else comparison.noteDifferent(distance);
		}
	}

	/** Whether rows this far from the spelling came, and it is not known whether they belong to it. */
	private isUndecided({ key, looseKey }: Spelling, distance: Distance): boolean {
		const spellings = this.rows.get(looseKey);
		if (!spellings || spellings.has(key)) return false;
		if (this.getComparison(looseKey).areEqual(distance) !== undefined) return false;
		return [...spellings.keys()].some((other) => getDistance(key, other) === distance);
	}
}
