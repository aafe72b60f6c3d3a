import type { AccountClient, Reply } from './client.mts';
import type { Trial } from './trial.mts';

export type Row = Record<string, unknown>;

/** A page of a view as it came. Without rows where it was refused, or is no page. */
export interface Page {
	status: number;
	/** Whether it is JSON in the documented form (DOC). */
	isPage: boolean;
	rows: Row[];
	metadata: { count?: unknown; limit?: unknown; nextOffset?: unknown };
}

/** A row that filters can be tried on, and the view it is in. */
export interface Subject {
	view: string;
	/** Numeric, so that the row can be named in a filter. */
	id: number;
	row: Row;
}

/** Whether the row was returned, not returned, or what was answered otherwise. */
export type Match = 'match' | 'none' | 'other rows' | number;

/** How many rows of each view are read to try things on. */
export const SAMPLE = 50;
/** Views whose rows are tried first: they are likely to have many. */
const FIRST = ['companies', 'persons', 'jobs', 'documents', 'tasks', 'users'];

/** Percent-encoding as Teamogy documents it: quotes and brackets too (DOC). */
export const encode = (text: string): string =>
	encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);

export const isObject = (value: unknown): value is Row =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text as a filter writes it, its quotes doubled. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What is known of the account so far, and how to learn more of it. */
export class Inspection {
	/** The first rows of each view, by its name. */
	readonly pages = new Map<string, Page>();
	/** A record of each entity as it was read by its ID; the response where it is none. */
	readonly records = new Map<string, { reply: Reply; record?: Row; wrapped: boolean }>();

	/** Only where writing is allowed. */
	trial?: Trial;

	constructor(
		readonly client: AccountClient,
		/** Views and, by entity, the view that has its records. */
		readonly names: { views: readonly string[]; entities: Record<string, string> },
	) {}

	/** Reads a page of a view. `query` stands in the address as it is. */
	async readView(view: string, query: string): Promise<Page> {
		const { status, body } = await this.client.send('GET', `views/${view}${query && `?${query}`}`);
		const { data, metadata } = (isObject(body) ? body : {}) as Record<string, unknown>;
		const isPage = status === 200 && Array.isArray(data);
		const rows = isPage ? data.filter(isObject) : [];
		return { status, isPage, rows, metadata: isObject(metadata) ? metadata : {} };
	}

	/** Reads the first rows of all views, and one record of each entity. */
	async survey(tell: (view: string) => void): Promise<void> {
		for (const view of this.names.views) {
			tell(view);
			this.pages.set(view, await this.readView(view, `limit=${SAMPLE}&offset=0`));
		}
		for (const [entity, view] of Object.entries(this.names.entities)) {
			const id = this.rowsOf(view).find((row) => typeof row.id === 'number')?.id;
			if (id === undefined) continue;
			tell(entity);
			const reply = await this.client.send('GET', `${entity}?id=${String(id)}`);
			this.records.set(entity, { reply, ...findRecord(reply, id) });
		}
	}

	rowsOf(view: string): Row[] {
		return this.pages.get(view)?.rows ?? [];
	}

	/** Views that were read whole, so that a request for all of their rows is a small one. */
	smallViews(): string[] {
		return [...this.pages]
			.filter(([, { status, rows }]) => status === 200 && rows.length < SAMPLE)
			.sort(([, one], [, other]) => other.rows.length - one.rows.length)
			.map(([view]) => view);
	}

	/** A view with at least so many rows that have a numeric ID. */
	viewWith(rows: number): string | undefined {
		return this.views().find((view) => this.subjectsOf(view).length >= rows);
	}

	/** The first row for which `test` gives something, and what it gives. */
	find<T>(test: (subject: Subject) => T | undefined): [Subject, T] | undefined {
		for (const view of this.views()) {
			for (const subject of this.subjectsOf(view)) {
				const found = test(subject);
				if (found !== undefined) return [subject, found];
			}
		}
		return undefined;
	}

	/** A row with a text that passes, in a column of its own. */
	findText(
		passes: (text: string) => boolean,
	): [Subject, { column: string; text: string }] | undefined {
		return this.find(({ row }) => {
			const entry = Object.entries(row).find(
				([column, value]) =>
					typeof value === 'string' && /^\w+$/.test(column) && value !== '' && passes(value),
			);
			return entry && { column: entry[0], text: entry[1] as string };
		});
	}

	/** Whether a row meets a condition: asks for the row by its ID and the condition. */
	async matches({ view, id }: Subject, condition: string): Promise<Match> {
		return await this.matchesRaw(view, id, encode(`(id=${id} AND ${condition})`));
	}

	/** The same with a whole filter, as it shall stand in the address. */
	async matchesRaw(view: string, id: number, filter: string): Promise<Match> {
		const { status, rows } = await this.readView(view, `externalFilter=${filter}&limit=5&offset=0`);
		if (status !== 200) return status;
		if (rows.length === 0) return 'none';
		return rows.length === 1 && (rows[0].id === id || rows[0].id === undefined)
			? 'match'
			: 'other rows';
	}

	private views(): string[] {
		return [...FIRST, ...this.names.views.filter((view) => !FIRST.includes(view))];
	}

	private subjectsOf(view: string): Subject[] {
		return this.rowsOf(view).flatMap((row) =>
			Number.isSafeInteger(row.id) ? [{ view, id: row.id as number, row }] : [],
		);
	}
}

/** The record in a response: all of it, or within something. */
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
