import { MAX_DEPTH_INSPECTED } from '../common/depth';
import { getOrCreate, groupBy } from '../common/maps';
import { formatValue } from '../common/formatValue';
import { isEmpty, isObjectOrList } from '../common/json';
import { EventLoopBreaks } from '../common/eventLoop';
import type { TeamogyClient } from '../transport/client';
import { InvalidInput } from '../common/invalidInput';
import { getColumnValue, selectColumns, withColumn } from '../views/columns';
import { rowsWithoutIdError, severalRecordsError, unrelatedRowError } from './matchErrors';
import type { ValueType } from '../views/literal';
import { matchRows, type ExactMatches, type SimilarText, type ValueMatches } from './match';
import { toMatchLiteral, type MatchQuery } from './matchBatches';
import { findSimilarNames } from '../views/nearestNames';
import { SpellingIndex } from './spellingIndex';
import { SpellingComparison, toKey, toSpelling } from './spellings';
import type { Row, RowId } from '../views/row';
import { readPages } from '../views/view';

/** Rows in one request: two columns of a record are short. */
const ROWS_PER_PAGE = 10_000;
/** Texts of a column that are kept to find similar ones, and characters of each. */
const MAX_TEXTS_KEPT = 5000;
const MAX_TEXT_LENGTH = 100;
const MAX_SIMILAR = 3;

const getIdType = (id: RowId) => typeof id as 'string' | 'number';

/** The single values of a cell: the cell itself, or those within a list or an object. */
function* listSingleValues(cell: unknown, depth = 0): Generator<unknown> {
	if (!isObjectOrList(cell)) {
		if (!isEmpty(cell)) yield cell;
	} else if (depth < MAX_DEPTH_INSPECTED) {
		for (const entry of Object.values(cell)) yield* listSingleValues(entry, depth + 1);
	}
}

export interface LooseMatchQuery extends MatchQuery {
	/** Whether a name matches with and without its legal form, where no row has it as it is. */
	ignoreLegalForm?: boolean;
}

/** The rows of text values, matched here whatever their case, accents and spacing. */
class LooseMatches implements ValueMatches {
	private readonly index: SpellingIndex;

	/** The IDs of texts of the column, to find similar ones. */
	private readonly idsOfTexts = new Map<string, unknown>();

	/** By the loose key: the first row that has the value in a list or the like. It may be the row that is meant. */
	private readonly unrelatedRows = new Map<string, Row>();

	/** By the type of the IDs: where one ID is a text, a server may find no number that is asked for as text. */
	private readonly rowsById = new Map<ValueType, ExactMatches>();

	/** All spellings of a value are equal here. */
	private readonly comparison = new SpellingComparison(true);

	/** @param values those to find, each once */
	constructor(
		private readonly client: TeamogyClient,
		private readonly query: LooseMatchQuery,
		private readonly values: unknown[],
	) {
		this.index = new SpellingIndex(values, query.ignoreLegalForm);
	}

	/**
	 * Reads ID and match column of the whole view, then the rows of the IDs found.
	 *
	 * @throws InvalidInput where the view does not return these columns
	 */
	async read(): Promise<void> {
		const { client, query, values, index } = this;
		const pages = await this.readTexts();
		const isMissing = () => values.some((value) => !index.findIds(value).length);
		if (query.createsMissing && pages > 1 && isMissing()) await this.readTexts();
		// The rows of several candidates are not needed: their value fails.
		const candidates = values.map((value) => index.findIds(value));
		const ids = candidates.filter(({ length }) => length === 1).flat();
		for (const [type, sameType] of groupBy(
			ids.filter((id) => id !== undefined),
			getIdType,
		))
			this.rowsById.set(type, await matchRows(client, this.toIdQuery(type), sameType));
	}

	/** Reads ID and match column of the whole view. Gives the number of pages. */
	private async readTexts(): Promise<number> {
		const { column, view } = this.query;
		const idQuery = { ...this.query, ...selectColumns(['id', column]), pageSize: ROWS_PER_PAGE };
		let pages = 0;
		let hasRows = false;
		let hasColumn = false;
		// Letters such as U+FDFA make 10 MB of names take many seconds.
		const breaks = new EventLoopBreaks();
		for await (const page of readPages(this.client, idQuery)) {
			pages++;
			for (const row of page) {
				hasRows = true;
				hasColumn ||= getColumnValue(row, column) !== undefined;
				this.addRow(row);
				await breaks.yieldIfBusy();
			}
		}
		if (!hasRows || hasColumn) return pages;
		throw new InvalidInput(
			`The view "${view}" does not return the column "${column}"`,
			'Match on a column that the view returns.',
		);
	}

	/**
	 * @throws InvalidInput where it cannot be told which record has the value, or where its ID is none; TeamogyError where
	 * the records cannot be read
	 */
	getRows(value: unknown): Row[] {
		const ids = this.index.findIds(value);
		if (ids.includes(undefined))
			throw rowsWithoutIdError(this.query.view, 'Match with case and accents, which needs no ID.');
		if (ids.length > 1) throw this.toSeveralError(value, ids);
		if (ids.length) return this.getRowsById(ids[0]!);
		const unrelated = this.unrelatedRows.get(toSpelling(value, 'string').looseKey);
		if (unrelated)
			throw unrelatedRowError(this.query, unrelated, [{ key: toKey(value, 'string') }]);
		return [];
	}

	/** The query for the rows with IDs of a type. */
	private toIdQuery(type: ValueType): MatchQuery {
		return { ...withColumn(this.query, this.query.column), column: 'id', type };
	}

	/** The ID of a row, if rows can be asked for by it. */
	private getUsableId({ id }: Row): RowId | undefined {
		if (typeof id !== 'number' && typeof id !== 'string') return undefined;
		try {
			toMatchLiteral(this.toIdQuery(getIdType(id)), id, 'The ID');
			return id === '' ? undefined : id;
		} catch {
			return undefined;
		}
	}

	/** @throws InvalidInput for a row that does not come again by its ID: another one would be created */
	private getRowsById(id: RowId): Row[] {
		const rows = this.rowsById.get(getIdType(id))!.getRows(id);
		if (rows.length) return rows;
		throw new InvalidInput(
			`The view "${this.query.view}" has the record ${formatValue(id)}, but does not find it by its ID`,
			'The record may have been deleted in this moment: run the node again. If that does not help, match with case and accents, which needs no ID.',
		);
	}

	getComparison(): SpellingComparison {
		return this.comparison;
	}

	/** Texts of the column that are spelt much like a value that no row has. */
	findSimilar(value: unknown): SimilarText[] {
		const { idsOfTexts } = this;
		const texts = findSimilarNames(toKey(value, 'string'), [...idsOfTexts.keys()], MAX_SIMILAR);
		return texts.map((text) => ({ text, id: idsOfTexts.get(text) }));
	}

	private toSeveralError(value: unknown, ids: Array<RowId | undefined>): InvalidInput {
		const { column, ignoreLegalForm } = this.query;
		const what = `"${formatValue(value)}" in "${column}"`;
		const hint = 'match on a column that is different for every record.';
		if (this.index.hasExact(value))
			return severalRecordsError(what, ids, `To get one of them, ${hint}`);
		const ignored = ignoreLegalForm ? 'case, accents and legal form' : 'case and accents';
		return severalRecordsError(
			`${what}, ignoring ${ignored}`,
			ids,
			`Enter the value as one of them has it, or ${hint}`,
		);
	}

	private addRow(row: Row): void {
		const { column } = this.query;
		const cell = getColumnValue(row, column);
		if (typeof cell !== 'string' && typeof cell !== 'number') {
			for (const single of listSingleValues(cell)) {
				if (!this.index.isWanted(single)) continue;
				getOrCreate(this.unrelatedRows, toSpelling(single, 'string').looseKey, () => row);
			}
			return;
		}
		const { idsOfTexts, index } = this;
		if (typeof cell === 'string' && idsOfTexts.size < MAX_TEXTS_KEPT)
			idsOfTexts.set(cell.slice(0, MAX_TEXT_LENGTH), row.id);
		index.add(cell, () => this.getUsableId(row));
	}
}

/** Matches text values against a column of a view, whatever their case, accents and spacing. */
export async function matchRowsLoosely(
	client: TeamogyClient,
	query: LooseMatchQuery,
	values: unknown[],
): Promise<ValueMatches> {
	const matches = new LooseMatches(client, query, [...new Set(values)]);
	await matches.read();
	return matches;
}
