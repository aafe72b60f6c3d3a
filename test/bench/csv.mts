/** Rows as lines of CSV in a file of the machine's temporary folder, for both sides alike. */
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Row = Record<string, unknown>;

const toCell = (value: unknown): string => {
	const text =
		value === null || value === undefined
			? ''
			: typeof value === 'object'
				? JSON.stringify(value)
				: String(value as string | number | boolean);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Writes pages as they come and gives the number of rows. The file is removed at the end. */
export async function writeCsv(pages: AsyncIterable<object[]>): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), 'teamogy-bench-'));
	try {
		const file = createWriteStream(join(folder, 'rows.csv'));
		let columns: string[] | undefined;
		let count = 0;
		for await (const page of pages) {
			columns ??= Object.keys(page[0]);
			const names = columns;
			const lines = (page as Row[]).map((row) => names.map((name) => toCell(row[name])).join(','));
			count += lines.length;
			if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain');
		}
		file.end();
		await once(file, 'close');
		return count;
	} finally {
		rmSync(folder, { recursive: true });
	}
}
