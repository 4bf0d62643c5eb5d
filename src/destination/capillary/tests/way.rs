//! A client's way.

use super::*;
use crate::destination::Item;

/// A job's steps, each with what became of the one before.
pub struct Way {
    pub capillary: Capillary,
    pub item: Item,
    pub ours: Vec<Remote>,
    pub step: Step,
}

impl Way {
    /// Nothing was asked yet.
    pub fn new(capillary: Capillary, op: Op, remote: Option<&str>) -> Self {
        let item = Item {
            account: 1,
            identity: Identity::new("E17"),
            remote: remote.map(Remote::new),
            op,
            payload: member(mapped()),
            before: None,
            certain: true,
        };
        let step = Step::Done(Done::Lost(Refusal::new("not begun")));
        Self { capillary, item, ours: remote.map(Remote::new).into_iter().collect(), step }
    }

    pub fn start(&mut self) -> String {
        let token = SecretString::from("t0ken");
        let items = [self.item.clone()];
        self.step = self.capillary.start(Job::Deliver(&items), &env(&self.ours, Some(&token)));
        shown(&self.step)
    }

    pub fn ticket(&self) -> Ticket {
        match &self.step {
            Step::Call(_, ticket) | Step::Keep(_, ticket) | Step::Wait(_, ticket, _) => ticket.clone(),
            Step::Done(_) => Ticket::NONE,
        }
    }

    /// `Done::Unknown` leaves the ticket where it was.
    pub fn next(&mut self, input: Input<'_>) -> String {
        let (token, ticket, items) = (SecretString::from("t0ken"), self.ticket(), [self.item.clone()]);
        let step = self.capillary.resume(Job::Deliver(&items), &ticket, input, &env(&self.ours, Some(&token)));
        let told = shown(&step);
        if !matches!(step, Step::Done(Done::Unknown(_))) {
            self.step = step;
        }
        told
    }

    pub fn told(&mut self, reply: &Reply) -> String {
        self.next(Input::Reply(reply))
    }

    /// The JSON that is sent.
    pub fn body(&self) -> Value {
        let Step::Call(request, _) = &self.step else { panic!("{:?}", self.step) };
        serde_json::from_str(request.body.as_deref().unwrap_or_default()).unwrap_or_default()
    }
}

/// What a step is, in short.
pub fn shown(step: &Step) -> String {
    let path = |request: &Request| request.url.replace("https://eu.api.capillarytech.com/v3/integrations/", "");
    match step {
        Step::Call(request, _) => format!("{:?} {}", request.method, path(request)),
        Step::Keep(Chore::Prepare(folder), _) => format!("prepare {}", folder.display()),
        Step::Keep(Chore::Keep(secret), _) => format!("keep {:?} {:?}", secret.path, secret.command),
        Step::Keep(Chore::Discard(file), _) => format!("discard {}", file.display()),
        Step::Wait(until, _, note) => format!("{}: {note}", until.as_second() - at(0).as_second()),
        Step::Done(Done::Accepted(remotes)) => {
            let remote = |remote: &Option<Remote>| remote.as_ref().map_or("nobody", Remote::as_str).to_owned();
            remotes.iter().fold("accepted".to_owned(), |text, (n, it)| format!("{text} {n} {}", remote(it)))
        }
        Step::Done(Done::Split(no)) => format!("split: {}", no.text),
        Step::Done(Done::Stuck(no)) => format!("stuck: {}", no.text),
        Step::Done(Done::TooLarge(no)) => format!("too large: {}", no.text),
        Step::Done(Done::Unauthorised(no)) => format!("unauthorised: {}", no.text),
        Step::Done(Done::Later(None, no)) => format!("later: {}", no.text),
        Step::Done(Done::Later(Some(until), no)) => format!("{}: {}", until.as_second() - at(0).as_second(), no.text),
        Step::Done(Done::Unknown(no)) => format!("unknown: {}", no.text),
        Step::Done(Done::Lost(no)) => format!("lost: {}", no.text),
        Step::Done(Done::Failed(no)) => format!("failed: {}", no.text),
        Step::Done(other) => panic!("{other:?}"),
    }
}
