import { getOrCreate } from '../common/maps';
import type { TeamogyClient } from '../transport/client';
import { isRejectedByTeamogy } from '../transport/errors';
import { selectColumns } from '../views/columns';
import type { Row, ViewQuery } from '../views/row';
import { readRows } from '../views/view';

/** The rows that a sample is taken of. */
export type ViewSource = Pick<ViewQuery, 'view' | 'unitId'>;

export const SAMPLE_ROWS = 100;

/** Reads the first rows of a view, with the columns of its own choice. */
export const readViewSample = async (
	client: TeamogyClient,
	{ view, unitId }: ViewSource,
): Promise<Row[]> => await readRows(client, { view, unitId, limit: SAMPLE_ROWS });

/** Samples of views, each read once for all items of a run. */
export class ViewSamples {
	/** By view and unit. */
	private readonly samples = new Map<string, Promise<Row[]>>();

	/** By view, unit, column and filter. */
	private readonly columnRows = new Map<string, Promise<Row[] | undefined>>();

	constructor(private readonly client: TeamogyClient) {}

	/** The sample of a view. */
	async read(source: ViewSource): Promise<Row[]> {
		const key = JSON.stringify([source.view, source.unitId]);
		return await getOrCreate(
			this.samples,
			key,
			async () => await readViewSample(this.client, source),
		);
	}

	/**
	 * Rows with a value in the column: few records may have one, and a view may leave out the column. Undefined
	 * where Teamogy refuses to filter by the column: the view may lack the column, or hold numbers in it.
	 */
	async readFilledRows(source: ViewSource, column: string): Promise<Row[] | undefined> {
		return await this.readColumn(source, column, `NOT (${column}='')`);
	}

	/** Rows with the column, asked for by its name. Undefined where Teamogy refuses that. */
	async readNamedColumn(source: ViewSource, column: string): Promise<Row[] | undefined> {
		return await this.readColumn(source, column);
	}

	private async readColumn(
		{ view, unitId }: ViewSource,
		column: string,
		filter?: string,
	): Promise<Row[] | undefined> {
		const key = JSON.stringify([view, unitId, column, filter]);
		const query = { view, unitId, ...selectColumns(['id', column]), filter, limit: SAMPLE_ROWS };
		const read = async () =>
			await readRows(this.client, query).catch((error) => {
				if (isRejectedByTeamogy(error)) return undefined;
				throw error;
			});
		return await getOrCreate(this.columnRows, key, read);
	}
}
