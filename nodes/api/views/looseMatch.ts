import { MAX_DEPTH_INSPECTED } from '../common/depth';
import { getOrCreate } from '../common/getOrCreate';
import { formatValue } from '../common/formatValue';
import { isEmpty, isObjectOrList } from '../common/json';
import type { TeamogyClient } from '../transport/client';
import { InvalidInput } from '../common/invalidInput';
import { getColumnValue, selectColumns, withColumn } from './columns';
import { rowsWithoutIdError, severalRecordsError, strayRowError } from './matchErrors';
import { matchRows, type Matches, type ValueMatches } from './match';
import type { MatchQuery } from './matchBatches';
import { SpellingComparison, toKey, toLooseKey } from './spellings';
import { readPages, type Row } from './view';

/** Rows in one request: two columns of a record are short. */
const ROWS_PER_PAGE = 10_000;

/** The IDs of the rows with a loose text, by their spellings. */
type IdsByKey = Map<string, Set<string | number>>;

/** All spellings of a value are the same value. */
const ALL_EQUAL = new SpellingComparison(2);

/** The single values of a cell: the cell itself, or those within a list or an object. */
function* listSingleValues(cell: unknown, depth = 0): Generator<unknown> {
	if (!isObjectOrList(cell)) {
		if (!isEmpty(cell)) yield cell;
	} else if (depth < MAX_DEPTH_INSPECTED) {
		for (const entry of Object.values(cell)) yield* listSingleValues(entry, depth + 1);
	}
}

/** The rows of text values, matched here whatever their case, accents and spacing. */
class LooseMatches implements ValueMatches {
	private readonly idsByText = new Map<string, IdsByKey>();

	/** The first row that has a loose text in a list or the like. It may be the row that is meant. */
	private readonly strayRows = new Map<string, Row>();

	private rowsById?: Matches;

	constructor(
		private readonly client: TeamogyClient,
		private readonly query: MatchQuery,
	) {}

	/**
	 * Reads ID and match column of the whole view, then the rows of the IDs found.
	 *
	 * @throws InvalidInput where the view does not return these columns
	 */
	async read(values: unknown[]): Promise<void> {
		const { client, query, idsByText } = this;
		for (const value of values) idsByText.set(this.toText(value), new Map());
		const { column, view } = query;
		const idQuery = { ...query, ...selectColumns(['id', column]), pageSize: ROWS_PER_PAGE };
		let hasRows = false;
		let hasColumn = false;
		for await (const page of readPages(client, idQuery)) {
			for (const row of page) {
				hasRows = true;
				hasColumn ||= getColumnValue(row, column) !== undefined;
				this.addRow(row);
			}
		}
		if (hasRows && !hasColumn) {
			throw new InvalidInput(
				`The view "${view}" does not return the column "${column}"`,
				'Match on a column that the view returns.',
			);
		}
		const ids = [...idsByText.values()].flatMap((spellings) =>
			[...spellings.values()].flatMap((same) => [...same]),
		);
		if (!ids.length) return;
		const byId = { ...withColumn(query, column), column: 'id' };
		const type = ids.every((id) => typeof id === 'number') ? 'number' : 'string';
		this.rowsById = await matchRows(client, { ...byId, type }, ids);
	}

	/** @throws InvalidInput where it cannot be told which record has the value, TeamogyError where they cannot be read */
	getRows(value: unknown): Row[] {
		const { column } = this.query;
		const text = this.toText(value);
		const spellings = this.idsByText.get(text) ?? new Map();
		// The value as it is given comes first: another spelling of it is another record.
		const own = spellings.get(toKey(value, 'string'));
		const ids = [...(own ?? new Set([...spellings.values()].flatMap((same) => [...same])))];
		if (ids.length > 1) {
			throw severalRecordsError(
				`"${formatValue(value)}" in "${column}", ignoring case and accents`,
				ids,
				'Enter the value as one of them has it, or match on a column that is different for every record.',
			);
		}
		if (ids.length) return this.rowsById!.getRows(ids[0]);
		const stray = this.strayRows.get(text);
		if (stray) throw strayRowError(this.query, stray, [{ key: toKey(value, 'string') }]);
		return [];
	}

	getComparison(): SpellingComparison {
		return ALL_EQUAL;
	}

	private toText(value: unknown): string {
		return toLooseKey(toKey(value, 'string'));
	}

	/** @throws InvalidInput for a row with a value that is looked for, but without an ID */
	private addRow(row: Row): void {
		const { column, view } = this.query;
		const cell = getColumnValue(row, column);
		if (typeof cell !== 'string' && typeof cell !== 'number') {
			for (const single of listSingleValues(cell)) {
				const text = this.toText(single);
				if (this.idsByText.has(text)) getOrCreate(this.strayRows, text, () => row);
			}
			return;
		}
		const spellings = this.idsByText.get(this.toText(cell));
		if (!spellings) return;
		const { id } = row;
		if (typeof id !== 'number' && typeof id !== 'string') {
			throw rowsWithoutIdError(view, 'Match with case and accents, which needs no ID.');
		}
		const key = toKey(cell, 'string');
		getOrCreate(spellings, key, () => new Set()).add(id);
	}
}

/** Matches text values against a column of a view, whatever their case, accents and spacing. */
export async function matchRowsLoosely(
	client: TeamogyClient,
	query: MatchQuery,
	values: unknown[],
): Promise<ValueMatches> {
	const matches = new LooseMatches(client, query);
	await matches.read(values);
	return matches;
}
