import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "../../components/error-state.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { useT } from "../../lib/i18n.ts";
import "./about-page.css";

interface Package {
  name: string;
  version: string;
  licence: string;
  text: string;
}

interface Licences {
  product: Package;
  packages: Package[];
}

/** Written by the build, of the pages and of the server. */
async function readLicences(): Promise<{ pages: Licences; server: Licences }> {
  const read = async (file: string) => (await (await fetch(file)).json()) as Licences;
  const [pages, server] = await Promise.all([read("/licences.json"), read("/licences-server.json")]);
  return { pages, server };
}

/** Which console this is, and whose work is in it. */
export function AboutPage() {
  const t = useT("session");
  const query = useQuery({ queryKey: ["licences"], queryFn: readLicences, staleTime: Infinity });
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <PanelSkeleton lines={10} label={t("common:loading")} />;
  const { pages, server } = query.data;
  const { version, licence, text } = pages.product;
  return (
    <>
      <PageHeader title={t("about.title")} text={t("signIn.text")}>
        <KeyFacts
          facts={[
            { label: t("about.version"), value: version },
            { label: t("about.licence"), value: licence },
          ]}
        />
      </PageHeader>
      <section className="rd-card rd-licences" aria-label={t("about.own")}>
        <Licence name="RocketDeck" version={version} licence={licence} text={text} />
      </section>
      <PackageList title={t("about.pages")} packages={pages.packages} />
      <PackageList title={t("about.server")} packages={server.packages} />
    </>
  );
}

const PackageList = ({ title, packages }: { title: string; packages: Package[] }) => (
  <section className="rd-card rd-licences" aria-label={title}>
    <h2>
      {title} <span className="rd-quiet rd-num">{packages.length}</span>
    </h2>
    {packages.map((one) => (
      <Licence key={`${one.name} ${one.version}`} {...one} />
    ))}
  </section>
);

const Licence = ({ name, version, licence, text }: Package) => (
  <details>
    <summary>
      <span className="rd-mono">{name}</span> <span className="rd-quiet">{version}</span> · {licence}
    </summary>
    <pre>{text}</pre>
  </details>
);
