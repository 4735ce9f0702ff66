import { Threads } from "../threads.jsx";

export default function Page() {
  return <Threads />;
}
