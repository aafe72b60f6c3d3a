import { Hash } from 'node:crypto';

import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import { toJson } from '../api/common/depth';
import { InvalidInput } from '../api/common/invalidInput';
import { isEmpty, isObjectOrList } from '../api/common/json';
import { getColumnValue, listFlatColumns, pickColumns } from '../api/views/columns';
import type { Row } from '../api/views/row';
import { ROWS_FOR_COLUMNS } from '../api/views/rowReader';
import type { FileSettings } from '../parameters/file';
import type { Output } from './toItems';

/** The MIME type of each format. */
const MIME_TYPES = { csv: 'text/csv', jsonl: 'application/x-ndjson' } as const;

/** The beginning of a text that a spreadsheet runs as a formula (OWASP: "CSV Injection", ASVS 1.2.10). */
const FORMULA = /^[=+\-@\t\r\0]/;

/**
 * The beginning of a formula within a text, for a spreadsheet that splits lines at another character than the
 * delimiter of the file. Not `+` and `-`: `100,-` is how prices are written.
 */
const INNER_FORMULA = /([,;\t|\r\n]"?)([=@])/g;

/** Columns of a table, at most: a spreadsheet takes no more. */
const MAX_COLUMNS = 16_384;

/** Cells that are written at once, at most: other work of n8n waits meanwhile. */
const MAX_CELLS_AT_ONCE = 100_000;

const tooManyColumnsError = (columns: number): InvalidInput =>
	new InvalidInput(
		`The file would have ${columns} columns, and spreadsheets take ${MAX_COLUMNS}`,
		"Choose the columns under 'Column Names or IDs', or set 'File Format' to JSON Lines.",
	);

/** A text with an apostrophe before each formula that a spreadsheet may find in it. JSON and numbers begin with none. */
const escapeFormulas = (text: string, mayBeFormula: boolean): string => {
	const start = mayBeFormula && FORMULA.test(text) ? "'" : '';
	return start + text.replace(INNER_FORMULA, "$1'$2");
};

/** Rows of a view as the text of a file, piece by piece. */
export class RowFile {
	/** Rows written so far. */
	rows = 0;

	/** Columns that the first rows do not have. */
	readonly lateColumns = new Set<string>();

	private readonly columns = new Set<string>();

	/** @param chosen the columns to write; without them those of the first rows */
	constructor(
		private readonly settings: FileSettings,
		private readonly chosen: readonly string[] = [],
	) {
		this.add(chosen, this.columns);
	}

	/** Stores the file; n8n takes one batch after the other, so that memory does not grow with the rows. */
	async store(batches: AsyncIterable<Row[]>, context: IExecuteFunctions): Promise<Output> {
		const { binaryProperty, fileName, format } = this.settings;
		// A stream from node:crypto, whose `Hash` is one: n8n forbids community packages to import node:stream.
		const stream = Hash.from(this.toChunks(batches));
		const file = await context.helpers.prepareBinaryData(stream, fileName, MIME_TYPES[format]);
		const columns = [...this.columns, ...(format === 'jsonl' ? this.lateColumns : [])];
		return {
			rows: [{ fileName, rows: this.rows, columns }],
			binary: { [binaryProperty]: file },
		};
	}

	private async *toChunks(batches: AsyncIterable<Row[]>): AsyncGenerator<Buffer> {
		let isFirst = true;
		for await (const batch of batches) {
			const rowsForColumns = isFirst ? ROWS_FOR_COLUMNS : 0;
			for (const [index, row] of this.chosen.length ? [] : batch.entries())
				this.add(listFlatColumns(row), index < rowsForColumns ? this.columns : this.lateColumns);
			if (isFirst) yield Buffer.from(this.buildHead());
			isFirst = false;
			this.rows += batch.length;
			yield* this.toParts(batch);
		}
		if (isFirst) yield Buffer.from(this.buildHead());
	}

	/** The lines of a batch. Between the parts of a batch with many cells other work of n8n has its turn. */
	private async *toParts(batch: Row[]): AsyncGenerator<Buffer> {
		const rows = Math.max(1, Math.floor(MAX_CELLS_AT_ONCE / this.columns.size));
		for (let start = 0; start < batch.length; start += rows) {
			if (start) await sleep(0);
			const part = batch.slice(start, start + rows);
			yield Buffer.from(part.map((row) => this.toLine(row)).join(''));
		}
	}

	/**
	 * The beginning of the file, once the columns of the first batch are known.
	 *
	 * @throws InvalidInput for a table with more columns than spreadsheets take
	 */
	private buildHead(): string {
		const { forSpreadsheet, format } = this.settings;
		if (format === 'csv' && this.columns.size > MAX_COLUMNS)
			throw tooManyColumnsError(this.columns.size);
		const hasHeader = format === 'csv' && this.columns.size > 0;
		return (forSpreadsheet ? '\ufeff' : '') + (hasHeader ? this.toCsvLine([...this.columns]) : '');
	}

	private add(names: readonly string[], columns: Set<string>): void {
		for (const name of names) if (!this.columns.has(name)) columns.add(name);
	}

	private toLine(row: Row): string {
		if (this.settings.format === 'csv')
			return this.toCsvLine([...this.columns].map((column) => getColumnValue(row, column)));
		return `${toJson(this.chosen.length ? pickColumns(row, this.chosen) : row)}\n`;
	}

	/** A line as RFC 4180 has it. It ends in CRLF, which every reader takes. */
	private toCsvLine(values: unknown[]): string {
		const line = values.map((value) => this.toCsvCell(value)).join(this.settings.delimiter);
		// Readers leave out a line without anything.
		return `${line || '""'}\r\n`;
	}

	private toCsvCell(value: unknown): string {
		if (isEmpty(value)) return '';
		const text = isObjectOrList(value) ? toJson(value) : String(value);
		const cell = this.settings.forSpreadsheet
			? escapeFormulas(text, typeof value === 'string')
			: text;
		const needsQuotes = cell.includes(this.settings.delimiter) || /["\r\n]|^\s|\s$/.test(cell);
		return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
	}
}
