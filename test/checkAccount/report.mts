import Table from 'cli-table3';
import type { Assumption } from './assumptions.mts';
import type { Finding, Verdict } from './finding.mts';
import { isObject, isPlainName, type Inspection, type Page, type Row } from './inspection.mts';

/** What was found, without any value of the account: no names, no IDs, no API key, no domain. */
export interface Report {
	package: string;
	/** The day of the check. */
	day: string;
	write: boolean;
	requests: { count: number; medianMs: number; maxMs: number };
	/** Response headers about limits, with their value where it is a number. */
	limitHeaders: Record<string, number | null>;
	assumptions: Array<Pick<Assumption, 'id' | 'certainty' | 'sentence' | 'remedy'> & Finding>;
	views: ViewReport[];
}

interface ViewReport {
	view: string;
	status: number;
	/** Columns and their types, without the entries of `properties`: their names are the account's own. */
	columns: Record<string, string>;
	/** How many entries `properties` has. */
	properties: number;
}

export function makeReport(
	{ client, pages }: Inspection,
	found: ReadonlyArray<readonly [Assumption, Finding]>,
	{ write, version }: { write: boolean; version: string },
): Report {
	const times = client.times.toSorted((one, other) => one - other).map(Math.round);
	return {
		package: `n8n-nodes-teamogy ${version}`,
		day: new Date().toISOString().slice(0, 10),
		write,
		requests: {
			count: times.length,
			medianMs: times[times.length >> 1],
			maxMs: times.at(-1) ?? 0,
		},
		limitHeaders: Object.fromEntries(
			[...client.limitHeaders].map(([name, value]) => [
				name,
				/^\d{1,7}$/.test(value) ? Number(value) : null,
			]),
		),
		assumptions: found.map(([{ id, certainty, sentence, remedy }, finding]) => ({
			id,
			certainty,
			sentence,
			...finding,
			remedy,
		})),
		views: [...pages].map(([view, page]) => describeView(view, page)),
	};
}

function describeView(view: string, { status, rows }: Page): ViewReport {
	const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const own = names.filter(isPlainName);
	const entries = new Set([
		...rows.flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : [])),
		...names.filter((name) => name.startsWith('properties.')),
	]);
	return {
		view,
		status,
		columns: Object.fromEntries(own.map((name) => [name, describeType(rows, name)])),
		properties: entries.size,
	};
}

/** The kinds of value in a column. */
function describeType(rows: Row[], column: string): string {
	const kinds = new Set(
		rows
			.map((row) => row[column])
			.filter((value) => value !== null && value !== undefined)
			.map(describeKind),
	);
	return [...kinds].sort().join(' or ') || 'no value';
}

function describeKind(value: unknown): string {
	if (Array.isArray(value)) return 'list';
	if (typeof value !== 'string') return typeof value;
	if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return 'day';
	return /^\d{4}-\d{2}-\d{2}T/.test(value) ? 'date and time' : 'text';
}

const WORDS: Record<Verdict, string> = {
	holds: 'holds',
	fails: 'does not hold',
	undecidable: 'not decidable',
};
/** In the order of the table: what a person must see comes last, right above the prompt. */
const VERDICTS: readonly Verdict[] = ['holds', 'undecidable', 'fails'];
const SIGNS: Record<Verdict, string> = { holds: '✓', fails: '✗', undecidable: '?' };

function count({ assumptions }: Report, wanted: Verdict): number {
	return assumptions.filter(({ verdict }) => verdict === wanted).length;
}

function summarize(report: Report): string {
	const [hold, open, fail] = VERDICTS.map((verdict) => count(report, verdict));
	return `Of ${report.assumptions.length} assumptions ${hold} hold, ${fail} ${fail === 1 ? 'does' : 'do'} not, and ${open} ${open === 1 ? 'is' : 'are'} not decidable.`;
}

function describeRequests({ requests, limitHeaders }: Report): string {
	const headers = Object.entries(limitHeaders).map(([name, value]) => `${name}: ${value ?? '…'}`);
	return (
		`${requests.count} requests: half of them took up to ${requests.medianMs} ms, the slowest ${requests.maxMs} ms.\n` +
		`Headers about limits: ${headers.join(', ') || 'none'}.`
	);
}

/** Markdown without links and emphasis, for a terminal; names keep their backticks. */
const plain = (markdown: string): string =>
	markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/(^|\s)\*([^*]+)\*/g, '$1$2');

/** What was found, and what to do where the assumption does not hold. */
function advise({ verdict, detail, remedy }: Report['assumptions'][number]): string {
	if (verdict !== 'fails') return detail;
	return [detail && `${detail}.`, remedy === '–' ? 'Nothing to set.' : `${remedy}.`]
		.filter(Boolean)
		.join(' ');
}

/** The report as a table for a terminal with `width` columns. */
export function toTable(report: Report, width: number): string {
	// Four bars and the cell of the sign take up the rest.
	const room = Math.max(60, Math.min(width, 140)) - 4 - 3;
	const left = Math.floor(room * 0.52);
	const parts = VERDICTS.flatMap((wanted) => {
		const rows = report.assumptions
			.filter(({ verdict }) => verdict === wanted)
			.map((one) => [SIGNS[wanted], plain(one.sentence), plain(advise(one))]);
		if (!rows.length) return [];
		// Where an assumption holds nothing is to be set, so its sentence has the whole width.
		const isWide = wanted === 'holds';
		const table = new Table({
			colWidths: isWide ? [3, room + 1] : [3, left, room - left],
			wordWrap: true,
			style: { head: [], border: [], compact: true },
		});
		table.push(...rows.map((cells) => (isWide ? cells.slice(0, 2) : cells)));
		return [`${capitalize(WORDS[wanted])}:`, table.toString(), ''];
	});
	return [...parts, summarize(report), describeRequests(report)].join('\n');
}

const capitalize = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** The report as Markdown, for an issue. */
export function toMarkdown(report: Report): string {
	const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
	const row = (...cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;
	const assumptions = report.assumptions.map((one) =>
		row(one.id, one.sentence, one.certainty, WORDS[one.verdict], advise(one)),
	);
	const views = report.views.map(({ view, status, columns, properties }) => {
		const named = Object.entries(columns).map(([name, type]) => `\`${name}\` ${type}`);
		return row(`\`${view}\``, String(status), named.join(', '), String(properties));
	});
	return `${[
		'# Check of a Teamogy account',
		`${report.package}, ${report.day}${report.write ? ', with `--write`' : ', read only'}. ${summarize(report)}`,
		describeRequests(report),
		[
			row('ID', 'Assumption', 'Certainty', 'Result', 'Found, and what to set'),
			'|---|---|---|---|---|',
			...assumptions,
		].join('\n'),
		'## Views',
		[
			row('View', 'Status', 'Columns', 'Entries of `properties`'),
			'|---|---|---|---|',
			...views,
		].join('\n'),
	].join('\n\n')}\n`;
}
