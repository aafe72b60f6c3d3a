import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toMarkdown, type Report } from './report.mts';

/** The two files of a report in a folder. */
export const listReportFiles = (folder: string): { markdown: string; json: string } => ({
	markdown: join(folder, 'teamogy-account-report.md'),
	json: join(folder, 'teamogy-account-report.json'),
});

/**
 * Opens both files for writing, and leaves what is there as it is.
 *
 * @throws Error naming `--out` when a file cannot be written
 */
export function assertWritable(folder: string): void {
	for (const file of Object.values(listReportFiles(folder))) {
		const isNew = !existsSync(file);
		try {
			closeSync(openSync(file, 'a'));
		} catch (caught) {
			const { code } = caught as NodeJS.ErrnoException;
			throw new Error(
				`--out: ${file} cannot be written (${code}). Name a folder that exists and can be written.`,
			);
		}
		if (isNew) rmSync(file);
	}
}

export function writeReport(folder: string, report: Report): void {
	const { markdown, json } = listReportFiles(folder);
	writeFileSync(markdown, toMarkdown(report));
	writeFileSync(json, `${JSON.stringify(report, null, '\t')}\n`);
}
