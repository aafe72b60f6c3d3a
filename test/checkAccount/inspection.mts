import type { AccountClient, Reply } from './client.mts';
import type { Trial } from './trial.mts';

export type Row = Record<string, unknown>;

/** A page of a view. It has no rows where the view was refused or the response is no page. */
export interface Page {
	status: number;
	/** Whether the response has status 200 and the documented form (DOC). */
	isPage: boolean;
	rows: Row[];
	metadata: { count?: unknown; limit?: unknown; nextOffset?: unknown };
}

/** A row that filters are tried on, and the view it is in. */
export interface Subject {
	view: string;
	/** Numeric, so that a filter can name the row. */
	id: number;
	row: Row;
}

/** Whether a filter returned the row, no row or other rows; else the status of a response that is no page. */
export type Match = 'match' | 'none' | 'other rows' | number;

/** How many rows of each view are read to try filters on. */
export const SAMPLE = 50;
/** Views whose rows are tried first: they are likely to have many. */
const FIRST = ['companies', 'persons', 'jobs', 'documents', 'tasks', 'users'];
/** Columns of free text, best first: `firstName` and `lastName` are CLIENT, the others INFERRED. */
const TEXT_COLUMNS = ['name', 'firstName', 'lastName', 'subject', 'title'];
const LIKE_TEXT = /(name|subject|title|description|note|text)$/i;
const LIKE_CODE = /type|status|category|code|number/i;
const LIKE_DAY = /^\d{1,4}[-./ ]{1,2}\d{1,2}[-./ ]{1,2}\d{1,4}/;
/** A longer text would be a lot of an address. */
const MAX_TEXT_LENGTH = 100;

/** Percent-encoding as Teamogy documents it: quotes and brackets too (DOC). */
export const encode = (text: string): string =>
	encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);

export const isObject = (value: unknown): value is Row =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text as a literal of a filter: in quotes, with quotes within it doubled. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The name of a column that can stand in an address and in a filter as it is. */
export const isPlainName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** Whether a column holds free text by its name: neither codes of the configuration nor days. */
export const isTextColumn = (column: string): boolean =>
	isPlainName(column) && LIKE_TEXT.test(column) && !LIKE_CODE.test(column);

/** Whether a value is a text to try filters on: not empty, short, no day. */
export const isText = (value: unknown): value is string =>
	typeof value === 'string' &&
	value.trim() !== '' &&
	value.length < MAX_TEXT_LENGTH &&
	!LIKE_DAY.test(value);

/** Says what came in place of a page. */
export const describeStatus = (status: number): string =>
	status === 200 ? 'Status 200 without the rows of a view' : `Status ${status}`;

/** What is known of the account so far, and the requests that find out more. */
export class Inspection {
	/** The first rows of each view, by its name. */
	readonly pages = new Map<string, Page>();
	/** One record of each entity, read by its ID. `record` is undefined where the response has none. */
	readonly records = new Map<string, { reply: Reply; record?: Row; wrapped: boolean }>();

	/** What became of the company of `--write`; undefined where none was written. */
	trial?: Trial;

	constructor(
		readonly client: AccountClient,
		/** Views and, by entity, the view that shows its records. */
		readonly names: { views: readonly string[]; entities: Record<string, string> },
	) {}

	/**
	 * Reads a page of a view.
	 *
	 * @param query exactly as it stands in the address
	 * @throws NoReply, TooBusy
	 */
	async readView(view: string, query: string): Promise<Page> {
		const { status, body } = await this.client.send('GET', `views/${view}${query && `?${query}`}`);
		const { data, metadata } = (isObject(body) ? body : {}) as Record<string, unknown>;
		const isPage = status === 200 && Array.isArray(data);
		const rows = isPage ? data.filter(isObject) : [];
		return { status, isPage, rows, metadata: isObject(metadata) ? metadata : {} };
	}

	/** Reads the first rows of all views, and one record of each entity. */
	async survey(onProgress: (subject: string) => void): Promise<void> {
		for (const view of this.names.views) {
			onProgress(view);
			this.pages.set(view, await this.readView(view, `limit=${SAMPLE}&offset=0`));
		}
		for (const [entity, view] of Object.entries(this.names.entities)) {
			const id = this.getRows(view).find((row) => typeof row.id === 'number')?.id;
			if (id === undefined) continue;
			onProgress(entity);
			const reply = await this.client.send('GET', `${entity}?id=${String(id)}`);
			this.records.set(entity, { reply, ...findRecord(reply, id) });
		}
	}

	getRows(view: string): Row[] {
		return this.pages.get(view)?.rows ?? [];
	}

	/** Views that were read to their end, so that a request for all of their rows is a small one. */
	smallViews(): string[] {
		return [...this.pages]
			.filter(([, { isPage, rows }]) => isPage && rows.length < SAMPLE)
			.sort(([, one], [, other]) => other.rows.length - one.rows.length)
			.map(([view]) => view);
	}

	/** The name of a view with at least `count` rows that have a numeric ID. */
	viewWith(count: number): string | undefined {
		return this.views().find((view) => this.listSubjects(view).length >= count);
	}

	/** The rows of a view that have a numeric ID. */
	listSubjects(view: string): Subject[] {
		return this.getRows(view).flatMap((row) =>
			Number.isSafeInteger(row.id) ? [{ view, id: row.id as number, row }] : [],
		);
	}

	/** The first row for which `test` returns something, and what it returns. */
	find<T>(test: (subject: Subject) => T | undefined): [Subject, T] | undefined {
		for (const view of this.views()) {
			for (const subject of this.listSubjects(view)) {
				const found = test(subject);
				if (found !== undefined) return [subject, found];
			}
		}
		return undefined;
	}

	/** A row with a free text that passes, e.g. a name; never a code or a day. */
	findText(
		passes: (text: string) => boolean,
	): [Subject, { column: string; text: string }] | undefined {
		const names = [...this.pages.values()].flatMap(({ rows }) => rows.flatMap(Object.keys));
		for (const column of new Set([...TEXT_COLUMNS, ...names.filter(isTextColumn)])) {
			const found = this.find(({ row }) => {
				const text = row[column];
				return isText(text) && passes(text) ? { column, text } : undefined;
			});
			if (found) return found;
		}
		return undefined;
	}

	/** Asks for a row by its ID and a condition: whether the row meets the condition. */
	async matches({ view, id }: Subject, condition: string): Promise<Match> {
		return await this.matchesRaw(view, id, encode(`(id=${id} AND ${condition})`));
	}

	/** The same with a whole filter, exactly as it stands in the address. */
	async matchesRaw(view: string, id: number, filter: string): Promise<Match> {
		const { status, isPage, rows } = await this.readView(
			view,
			`externalFilter=${filter}&limit=5&offset=0`,
		);
		if (!isPage) return status;
		if (rows.length === 0) return 'none';
		return rows.length === 1 && (rows[0].id === id || rows[0].id === undefined)
			? 'match'
			: 'other rows';
	}

	private views(): string[] {
		return [...FIRST, ...this.names.views.filter((view) => !FIRST.includes(view))];
	}
}

/** The record with this ID in a response: the body itself, or an object within it. */
export function findRecord(
	{ status, body }: Reply,
	id: unknown,
): { record?: Row; wrapped: boolean } {
	if (status !== 200) return { wrapped: false };
	if (isObject(body) && String(body.id) === String(id)) return { record: body, wrapped: false };
	const inside = Object.values(isObject(body) || Array.isArray(body) ? body : {}).flat();
	const record = inside.filter(isObject).find((one) => String(one.id) === String(id));
	return { record, wrapped: record !== undefined };
}
